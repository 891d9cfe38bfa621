package ssehttp_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/freshet-go/freshet/ssehttp"
)

// The page shows who is connected: it stands behind a password.
func ExampleServer_Debug() {
	server := ssehttp.New(ssehttp.Options{})
	page := server.Debug().Handler()

	mux := http.NewServeMux()
	mux.HandleFunc("/debug/streams", func(w http.ResponseWriter, r *http.Request) {
		if _, password, _ := r.BasicAuth(); password != "open sesame" {
			w.Header().Set("WWW-Authenticate", `Basic realm="debug"`)
			http.Error(w, "sign in first", http.StatusUnauthorized)
			return
		}
		page.ServeHTTP(w, r)
	})

	for _, password := range []string{"guess", "open sesame"} {
		r := httptest.NewRequest(http.MethodGet, "/debug/streams", nil)
		r.SetBasicAuth("admin", password)
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		fmt.Println(w.Code, w.Header().Get("Content-Type"))
	}
	// Output:
	// 401 text/plain; charset=utf-8
	// 200 text/html; charset=utf-8
}
