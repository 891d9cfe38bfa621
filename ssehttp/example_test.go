package ssehttp_test

import (
	"bufio"
	"context"
	"fmt"
	"io"

	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/fasthttputil"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/ssehttp"
)

// A stream of three numbers for whoever asks, and a status for who may not.
func ExampleServer_HTTP() {
	srv := ssehttp.New(ssehttp.Options{})
	count := srv.HTTP(func(r *ssehttp.Request) (flux.Publisher[ssehttp.Event], error) {
		if r.Query("key") != "secret" {
			return nil, ssehttp.Status(401, "sign in first")
		}
		return flux.Map(flux.Range(1, 3), func(n int) ssehttp.Event {
			return ssehttp.Event{Name: "count", Data: fmt.Sprint(n)}
		}), nil
	})

	ln := fasthttputil.NewInmemoryListener() // in a program: fasthttp.ListenAndServe(":8080", count)
	fs := &fasthttp.Server{Handler: count}
	go func() { _ = fs.Serve(ln) }()

	nc, _ := ln.Dial()
	_, _ = io.WriteString(nc, "GET /?key=secret HTTP/1.1\r\nHost: localhost\r\n\r\n")
	body := bufio.NewReader(nc)
	for line, _ := body.ReadString('\n'); line != "\r\n"; line, _ = body.ReadString('\n') {
		continue // the head
	}
	_, _ = io.Copy(stdout{}, body)

	_ = srv.Shutdown(context.Background())
	_ = fs.Shutdown()
	// Output:
	// : open
	// event: count
	// data: 1
	//
	// event: count
	// data: 2
	//
	// event: count
	// data: 3
}

type stdout struct{}

func (stdout) Write(b []byte) (int, error) { return fmt.Print(string(b)) }
