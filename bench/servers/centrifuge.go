package main

import (
	"context"
	"net"
	"net/http"
	"net/url"

	"github.com/centrifugal/centrifuge"
)

// connectCommand opens a session of centrifuge's protocol; in SSE it is sent in
// the query.
const connectCommand = `{"id":1,"connect":{}}`

// serveCentrifuge is centrifugal/centrifuge with its SSE transport: a node in
// memory, and a server-side subscription of every client to one channel. Its first
// event answers the connect command, and its events have no id. The pong check is
// off, since the load generator has no second connection to answer pings on.
func serveCentrifuge(ln net.Listener, a *audience) (func(event), error) {
	const channel = "events"
	node, err := centrifuge.New(centrifuge.Config{})
	if err != nil {
		return nil, err
	}
	node.OnConnecting(func(context.Context, centrifuge.ConnectEvent) (centrifuge.ConnectReply, error) {
		return centrifuge.ConnectReply{
			Credentials:   &centrifuge.Credentials{},
			Subscriptions: map[string]centrifuge.SubscribeOptions{channel: {}},
		}, nil
	})
	node.OnConnect(func(c *centrifuge.Client) {
		a.join()
		c.OnDisconnect(func(centrifuge.DisconnectEvent) { a.leave() })
	})
	if err := node.Run(); err != nil {
		return nil, err
	}
	sse := centrifuge.NewSSEHandler(node, centrifuge.SSEConfig{PingPongConfig: centrifuge.PingPongConfig{PongTimeout: -1}})
	events := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.RawQuery = url.Values{"cf_connect": {connectCommand}}.Encode()
		sse.ServeHTTP(w, r)
	})
	server := &http.Server{Handler: mux(a, events)}
	go func() { _ = server.Serve(ln) }() // accepts until the process ends
	return func(e event) {
		_, _ = node.Publish(channel, e.json()) // a node in memory fails only when it is shut down
	}, nil
}
