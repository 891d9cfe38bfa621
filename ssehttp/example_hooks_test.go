package ssehttp_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/ssehttp"
)

// farewells is a hook: it hears of streams that are closed.
type farewells struct{}

func (farewells) OnStreamClosed(s ssehttp.StreamClosed) {
	fmt.Println(s.Path, "was", s.Reason, "after", s.Events, "events")
}

func ExampleHook() {
	server := ssehttp.New(ssehttp.Options{Hooks: []ssehttp.Hook{farewells{}}})
	web := httptest.NewServer(server.Handler(func(*ssehttp.Request) (flux.Publisher[ssehttp.Event], error) {
		return flux.Just(ssehttp.Event{Data: "1"}, ssehttp.Event{Data: "2"}), nil
	}))
	defer web.Close()

	resp, err := http.Get(web.URL + "/numbers")
	if err != nil {
		fmt.Println(err)
		return
	}
	_, _ = io.Copy(io.Discard, resp.Body) // to the end of the stream
	_ = resp.Body.Close()
	_ = server.Shutdown(context.Background()) // waits for the hooks
	// Output:
	// /numbers was completed after 2 events
}

func ExampleLogHook() {
	plain := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "remote" { // differ from run to run
			return slog.Attr{}
		}
		return a
	}
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: plain}))
	server := ssehttp.New(ssehttp.Options{Hooks: []ssehttp.Hook{ssehttp.LogHook(logger, slog.LevelInfo)}})
	handler := server.Handler(func(*ssehttp.Request) (flux.Publisher[ssehttp.Event], error) {
		return nil, ssehttp.Status(http.StatusForbidden, "members only")
	})

	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/club", nil))
	_ = server.Shutdown(context.Background())
	// Output:
	// level=INFO msg="request refused" path=/club cause=handler status=403 error="403 Forbidden: members only"
}

func ExampleServer_Streams() {
	server := ssehttp.New(ssehttp.Options{})
	web := httptest.NewServer(server.Handler(func(*ssehttp.Request) (flux.Publisher[ssehttp.Event], error) {
		return flux.Never[ssehttp.Event](), nil
	}))
	defer web.Close()

	resp, err := http.Get(web.URL + "/quiet")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range server.Streams(10) {
		fmt.Println(s.Path, s.Events, "events,", s.Pending, "bytes wait")
	}
	_ = server.Shutdown(context.Background())
	_ = resp.Body.Close()
	// Output:
	// /quiet 0 events, 0 bytes wait
}

func ExampleServer_Stats() {
	server := ssehttp.New(ssehttp.Options{})
	defer server.Shutdown(context.Background()) //nolint:errcheck // nothing to wait for
	handler := server.Handler(func(*ssehttp.Request) (flux.Publisher[ssehttp.Event], error) {
		return nil, ssehttp.Status(http.StatusForbidden, "members only")
	})
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPut, "/", nil))
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))

	stats := server.Stats()
	for _, cause := range ssehttp.Refusals() {
		if n := stats.RefusedFor(cause); n > 0 {
			fmt.Println("refused for", cause, n)
		}
	}
	fmt.Println("live", stats.Live, "pending", stats.Pending)
	// Output:
	// refused for handler 1
	// refused for request 1
	// live 0 pending 0
}

func ExampleReasons() {
	for _, r := range ssehttp.Reasons()[:3] {
		fmt.Println(r)
	}
	// Output:
	// gone
	// completed
	// failed
}
