package ssehttp

import (
	"context"
	"fmt"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
)

func TestAPublisherThatBlocksDelaysNobodyElse(t *testing.T) {
	release := make(chan struct{})
	wait := func() { <-release }
	for name, block := range map[string]func(h *hand){
		"in Subscribe": func(h *hand) { h.onRequest = func(int64) { wait() } }, // the first request comes from it
		"in Request": func(h *hand) {
			h.onRequest = func(int64) {
				if h.requested.Load() > firstDemand {
					wait()
				}
			}
		},
		"in Cancel": func(h *hand) { h.onCancel = wait },
	} {
		t.Run(name, func(t *testing.T) {
			overTransports(t, func(t *testing.T, tr transport) {
				release = make(chan struct{})
				h := newHand()
				block(h)
				s := tr.serve(t, Options{}, func(r *Request) (flux.Publisher[Event], error) {
					if r.Path() == "/blocked" {
						return h, nil
					}
					return flux.Map(flux.Range(1, 500), func(n int) Event { return data(fmt.Sprint(n)) }), nil
				})
				defer close(release)
				blocked := s.get("/blocked").open()
				switch name {
				case "in Request":
					h.subscribed(t)
					for range firstDemand {
						h.sub.OnNext(data("x"))
						blocked.event()
					}
				case "in Cancel":
					h.subscribed(t)
					require.NoError(t, blocked.Close())
					h.cancelled(t)
				}
				for range 5 {
					c := s.get("/").open()
					assert.Equal(t, 500, strings.Count(c.rest(), "\n\n"))
				}
				if name != "in Cancel" {
					require.NoError(t, blocked.Close())
					h.cancelled(t) // although its Request or Subscribe has not returned
				}
			})
		})
	}
}

func TestManyPublishersThatBlockDelayNobodyElseForLong(t *testing.T) {
	release := make(chan struct{})
	const blocked = 200
	var waiting atomic.Int64
	s := transports[0].serve(t, Options{}, func(r *Request) (flux.Publisher[Event], error) {
		if r.Path() == "/" {
			return flux.Just(data("1")), nil
		}
		return publisherFunc(func(context.Context, flux.Subscriber[Event]) {
			waiting.Add(1)
			<-release
		}), nil
	})
	for range blocked {
		s.get("/blocked").open()
	}
	s.eventually("all of them block", func() bool { return waiting.Load() == blocked })
	assert.Equal(t, "data: 1\n\n", s.get("/").open().rest())
	close(release)
}

func TestAConnectionThatWasTakenOverHasNoGoroutine(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has shards")
	}
	s := transports[0].serve(t, Options{}, of(flux.Never[Event]()))
	s.get("/").open()
	const n = 200
	before := runtime.NumGoroutine()
	for range n {
		s.get("/").open()
	}
	s.eventually("the goroutines that opened them are gone", func() bool {
		return runtime.NumGoroutine() < before+n/10 // fasthttp's workers stay for a while
	})
	assert.EqualValues(t, n+1, s.Stats().Live)
}

func TestAThousandClientsThatVanishAtOnceAreAllCancelledAtOnce(t *testing.T) {
	const total, killed = 2000, 1000
	if testing.Short() {
		t.Skip("opens 2,000 sockets twice over")
	}
	var cancels atomic.Int64
	s := transports[0].serve(t, Options{}, of(flux.Never[Event]().DoOnCancel(func() { cancels.Add(1) })))
	var conns []net.Conn
	for range total {
		nc, err := net.Dial("tcp", s.addr)
		require.NoError(t, err)
		defer func() { _ = nc.Close() }()
		_, err = nc.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
		require.NoError(t, err)
		conns = append(conns, nc)
	}
	s.eventually("all are subscribed", func() bool { return s.Stats().Bytes >= total*100 && s.Stats().Live == total })
	start := time.Now()
	for _, nc := range conns[:killed] {
		_ = nc.Close()
	}
	s.eventually("all are cancelled", func() bool { return cancels.Load() == killed })
	t.Logf("%d of %d clients closed; every doOnCancel ran within %v of the first close", killed, total, time.Since(start))
	assert.EqualValues(t, killed, s.Stats().Closed(Gone))
	assert.Zero(t, s.Stats().Events)
}
