package browsertest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/ssehttp"
)

// busy is a server with the debug page of ssehttp and clients of every kind.
func busy(t *testing.T) (server *ssehttp.Server, url string) {
	server = ssehttp.New(ssehttp.Options{StallTimeout: time.Minute})
	page := server.Debug().Handler()
	prices := flux.Map(flux.Interval(20*time.Millisecond).OnBackpressureDrop(nil), func(n int64) ssehttp.Event {
		return ssehttp.Event{Name: "price", Data: strings.Repeat("x", 100+int(n%100))}
	}).Share()
	flood := flux.Map(flux.Range(0, 1<<30), func(int) ssehttp.Event { return ssehttp.Event{Data: strings.Repeat("x", 8<<10)} })
	mux := http.NewServeMux()
	mux.Handle("/debug/streams", page)
	mux.Handle("/", server.Handler(func(r *ssehttp.Request) (flux.Publisher[ssehttp.Event], error) {
		switch {
		case strings.HasPrefix(r.Path(), "/prices"):
			return prices.OnBackpressureLatest(), nil
		case strings.HasPrefix(r.Path(), "/export"):
			return flood, nil
		case strings.HasPrefix(r.Path(), "/job"):
			return flux.Just(ssehttp.Event{Data: "done"}), nil
		case strings.HasPrefix(r.Path(), "/broken"):
			return flux.Error[ssehttp.Event](errors.New("broken")), nil
		}
		return nil, ssehttp.Status(http.StatusForbidden, "no")
	}))
	h := httptest.NewServer(mux)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		assert.NoError(t, server.Shutdown(ctx))
		h.CloseClientConnections()
		h.Close()
	})
	return server, h.URL
}

// client opens a stream and, unless it is a slow one, reads it.
func client(t *testing.T, url string, slow bool) {
	resp, err := http.Get(url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = resp.Body.Close() })
	if !slow {
		go io.Copy(io.Discard, resp.Body) //nolint:errcheck // ends with the test
	}
}

func TestTheDebugPageShowsStreamsAsTheyComeAndGo(t *testing.T) {
	browser := find(t)
	_, url := busy(t)
	client(t, url+"/prices/<script>alert(1)</script>", false)
	for _, symbol := range []string{"AAPL", "MSFT", "GOOG"} {
		client(t, url+"/prices/"+symbol, false)
	}
	client(t, url+"/export/all", true)
	for _, path := range []string{"/job/1", "/job/2", "/broken", "/secret"} {
		client(t, url+path, false)
	}
	p := browse(t, browser, url+"/debug/streams")
	p.waitFor(t, "the connection is live", state+` === "live"`)
	p.waitFor(t, "the streams are listed, and the page's own", `document.querySelectorAll("#streams tbody tr").length === 6`)
	p.waitFor(t, "the one that lags is first", `document.querySelector("#streams tbody tr").innerText.includes("/export/all")`)
	p.waitFor(t, "what waits is told", reading("pending")+` > 0`)
	p.waitFor(t, "events flow", reading("eventRate")+` > 0`)
	p.waitFor(t, "bytes flow", reading("byteRate")+` > 0`)
	p.waitFor(t, "ends are counted", `document.querySelector('#closed [data-name="completed"] b').textContent === "2"`)
	p.waitFor(t, "refusals are counted", `document.querySelector('#refused [data-name="handler"] b').textContent === "1"`)
	p.waitFor(t, "a path is text", `document.body.innerText.includes("<script>alert(1)</script>")`)
	p.do(t, `const f = document.getElementById("filter"); f.value = "msft"; f.dispatchEvent(new Event("input"))`)
	p.waitFor(t, "the table is filtered", `document.querySelectorAll("#streams tbody tr").length === 1`)
	p.do(t, `f.value = ""; f.dispatchEvent(new Event("input"))`)
}
