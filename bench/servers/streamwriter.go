package main

import (
	"bufio"
	"net"

	"github.com/valyala/fasthttp"
)

// fastHandler gives the pages that every kind on fasthttp has.
func fastHandler(a *audience, events fasthttp.RequestHandler) fasthttp.RequestHandler {
	pages := a.pages()
	return func(ctx *fasthttp.RequestCtx) {
		path := string(ctx.Path())
		if path == "/events" {
			events(ctx)
		} else if page := pages[path]; page != nil {
			ctx.SetBody(page())
		} else {
			ctx.NotFound()
		}
	}
}

// serveStreamWriter is the way that fasthttp's own documentation shows for
// streaming: SetBodyStreamWriter, with a channel a client and a flush an event.
func serveStreamWriter(ln net.Listener, a *audience) (func(event), error) {
	h := newHub(a)
	server := &fasthttp.Server{Handler: fastHandler(a, h.serveFast)}
	go func() { _ = server.Serve(ln) }() // accepts until the process ends
	return h.broadcast, nil
}

func (h *hub) serveFast(ctx *fasthttp.RequestCtx) {
	ctx.SetContentType("text/event-stream")
	ctx.Response.Header.Set("Cache-Control", "no-cache")
	ctx.SetBodyStreamWriter(h.writeFast)
}

// writeFast writes a client's events until a write fails.
func (h *hub) writeFast(w *bufio.Writer) {
	// The head goes out with the first bytes, not with an empty flush.
	if _, err := w.WriteString(":\n\n"); err != nil || w.Flush() != nil {
		return
	}
	c := make(chan []byte, clientQueue)
	h.join(c)
	defer h.leave(c)
	for frame := range c {
		if _, err := w.Write(frame); err != nil || w.Flush() != nil {
			return
		}
	}
}
