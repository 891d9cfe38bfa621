package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/freshet-go/freshet/flux"
)

// broker is a NATS server inside the program, without a port, and a shop that
// publishes its orders there.
type broker struct{ conn *nats.Conn }

// newBroker runs until ctx is done.
func newBroker(ctx context.Context, every time.Duration) (*broker, error) {
	s, err := server.NewServer(&server.Options{DontListen: true, NoLog: true, NoSigs: true})
	if err != nil {
		return nil, err
	}
	s.Start()
	if !s.ReadyForConnections(5 * time.Second) {
		s.Shutdown()
		return nil, errors.New("the broker does not start")
	}
	conn, err := nats.Connect("", nats.InProcessServer(s), nats.MaxReconnects(-1))
	if err != nil {
		s.Shutdown()
		return nil, err
	}
	context.AfterFunc(ctx, func() { conn.Close(); s.Shutdown() })
	b := &broker{conn}
	b.sell(ctx, every)
	return b, nil
}

var goods = []string{"umbrella", "rubber boots", "kettle", "paddle", "compass"}

// sell publishes an order every so often.
func (b *broker) sell(ctx context.Context, every time.Duration) {
	flux.Interval(every).SubscribeFunc(ctx, func(n int64) {
		order := fmt.Sprintf(`{"number":%d,"item":%q,"pieces":%d}`, n+1, goods[rand.N(len(goods))], 1+rand.N(5))
		_ = b.conn.Publish("orders.new", []byte(order)) // fails only if the connection is closed
	}, nil)
}
