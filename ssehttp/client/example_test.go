package client_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/ssehttp"
	"github.com/freshet-go/freshet/ssehttp/client"
)

// The prices of a stream, which goes on where it broke.
func ExampleEvents() {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		if r.Header.Get("Last-Event-ID") == "1" {
			_, _ = fmt.Fprint(w, "id: 2\nevent: price\ndata: 102\n\n")
			return
		}
		_, _ = fmt.Fprint(w, "retry: 1\nid: 1\nevent: price\ndata: 101\n\n") // and the connection breaks
	}))
	defer web.Close()

	events := client.Events(web.URL, client.Options{}).Filter(func(e ssehttp.Event) bool { return e.Name == "price" })
	for price, err := range flux.TryMap(events, client.JSON[int64]).Take(2).All(context.Background()) {
		fmt.Println(price, err)
	}
	// Output:
	// 101 <nil>
	// 102 <nil>
}

// One answer to a POST, as the APIs of language models stream it.
func ExampleResponse() {
	model := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = fmt.Fprint(w, "data: Hello\n\ndata: world\n\ndata: [DONE]\n\n")
	}))
	defer model.Close()

	ask := func(ctx context.Context) (*http.Request, error) {
		return http.NewRequestWithContext(ctx, http.MethodPost, model.URL, strings.NewReader(`{"prompt": "greet"}`))
	}
	tokens := client.Response(ask, client.Options{}).
		TakeWhile(func(e ssehttp.Event) bool { return e.Data != "[DONE]" })
	for e, err := range tokens.All(context.Background()) {
		fmt.Println(e.Data, err)
	}
	// Output:
	// Hello <nil>
	// world <nil>
}
