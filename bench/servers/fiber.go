package main

import (
	"net"

	"github.com/gofiber/fiber/v3"
)

// serveFiber is Fiber v3 as its documentation shows events: SendStreamWriter with
// a flush an event, here with a channel a client.
func serveFiber(ln net.Listener, a *audience) (func(event), error) {
	h := newHub(a)
	app := fiber.New()
	app.Get("/events", func(c fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, "text/event-stream")
		c.Set(fiber.HeaderCacheControl, "no-cache")
		return c.SendStreamWriter(h.writeFast)
	})
	for path, page := range a.pages() {
		app.Get(path, func(c fiber.Ctx) error { return c.Send(page()) })
	}
	go func() { // accepts until the process ends
		_ = app.Listener(ln, fiber.ListenConfig{DisableStartupMessage: true})
	}()
	return h.broadcast, nil
}
