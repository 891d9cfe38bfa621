package mounts

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/fasthttp/router"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/gofiber/fiber/v3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/ssehttp"
)

// hello is one event that says what the path and a middleware gave, and then
// nothing until the client leaves.
func hello(left chan<- string) ssehttp.Handler {
	return func(r *ssehttp.Request) (flux.Publisher[ssehttp.Event], error) {
		name := r.Query("name")
		r.SetHeader("X-Handler", "was here")
		return flux.Never[ssehttp.Event]().
			StartWith(ssehttp.Event{Name: "hello", Data: name}).
			DoOnCancel(func() { left <- name }), nil
	}
}

// check opens a stream, reads its event, leaves, and waits for the cancellation.
func check(t *testing.T, url string, left <-chan string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/events/1?name=ada", nil)
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, resp.StatusCode)
	assert.Equal(t, "text/event-stream", resp.Header.Get("Content-Type"))
	assert.Equal(t, "was here", resp.Header.Get("X-Handler"))
	assert.Equal(t, "here too", resp.Header.Get("X-Middleware"))
	lines := bufio.NewScanner(resp.Body)
	var got []string
	for len(got) < 4 && lines.Scan() {
		got = append(got, lines.Text())
	}
	assert.Equal(t, []string{": open", "event: hello", "data: ada", ""}, got)
	require.NoError(t, resp.Body.Close())
	select {
	case name := <-left:
		assert.Equal(t, "ada", name)
	case <-ctx.Done():
		require.FailNow(t, "the pipeline was not cancelled")
	}

	resp, err = http.DefaultClient.Get(url + "/plain")
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	assert.Equal(t, "plain", string(body))
}

func listen(t *testing.T) (net.Listener, string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	return ln, "http://" + ln.Addr().String()
}

func serveFast(t *testing.T, h fasthttp.RequestHandler) string {
	t.Helper()
	ln, url := listen(t)
	server := &fasthttp.Server{Handler: h}
	go func() { assert.NoError(t, server.Serve(ln)) }()
	t.Cleanup(func() { assert.NoError(t, server.Shutdown()) })
	return url
}

func newServer(t *testing.T) *ssehttp.Server {
	t.Helper()
	srv := ssehttp.New(ssehttp.Options{})
	t.Cleanup(func() { assert.NoError(t, srv.Shutdown(context.Background())) })
	return srv
}

func TestABareFasthttpServer(t *testing.T) {
	left := make(chan string, 1)
	stream := newServer(t).HTTP(hello(left))
	check(t, serveFast(t, func(ctx *fasthttp.RequestCtx) {
		ctx.Response.Header.Set("X-Middleware", "here too")
		if string(ctx.Path()) == "/plain" {
			ctx.SetBodyString("plain")
			return
		}
		stream(ctx)
	}), left)
}

func TestFasthttpRouter(t *testing.T) {
	left := make(chan string, 1)
	r := router.New()
	r.GET("/events/{id}", newServer(t).HTTP(hello(left)))
	r.GET("/plain", func(ctx *fasthttp.RequestCtx) { ctx.SetBodyString("plain") })
	check(t, serveFast(t, func(ctx *fasthttp.RequestCtx) {
		ctx.Response.Header.Set("X-Middleware", "here too")
		r.Handler(ctx)
	}), left)
}

func TestFiber(t *testing.T) {
	left := make(chan string, 1)
	stream := newServer(t).HTTP(hello(left))
	app := fiber.New()
	app.Use(func(c fiber.Ctx) error {
		c.Set("X-Middleware", "here too")
		return c.Next()
	})
	app.Get("/events/:id", func(c fiber.Ctx) error {
		stream(c.RequestCtx())
		return nil
	})
	app.Get("/plain", func(c fiber.Ctx) error { return c.SendString("plain") })
	ln, url := listen(t)
	done := make(chan error, 1)
	go func() { done <- app.Listener(ln, fiber.ListenConfig{DisableStartupMessage: true}) }()
	t.Cleanup(func() {
		assert.NoError(t, app.Shutdown())
		assert.NoError(t, <-done)
	})
	check(t, url, left)
}

func withMiddleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Middleware", "here too")
		next.ServeHTTP(w, r)
	})
}

func plain(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "plain") }

func TestTheMuxOfNetHTTP(t *testing.T) {
	left := make(chan string, 1)
	mux := http.NewServeMux()
	mux.Handle("GET /events/{id}", newServer(t).Handler(hello(left)))
	mux.HandleFunc("GET /plain", plain)
	server := httptest.NewServer(withMiddleware(mux))
	t.Cleanup(server.Close)
	check(t, server.URL, left)
}

// chi's own ResponseWriter wraps net/http's, and is seen through.
func TestChi(t *testing.T) {
	left := make(chan string, 1)
	r := chi.NewRouter()
	r.Use(withMiddleware, middleware.RequestID, middleware.RealIP, middleware.Recoverer, middleware.Compress(5))
	r.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(middleware.NewWrapResponseWriter(w, r.ProtoMajor), r)
		})
	})
	r.Method(http.MethodGet, "/events/{id}", newServer(t).Handler(hello(left)))
	r.Get("/plain", plain)
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	check(t, server.URL, left)
}
