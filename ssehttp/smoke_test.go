package ssehttp

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"
	"go.uber.org/goleak"

	"github.com/freshet-go/freshet/flux"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSmoke(t *testing.T) {
	srv := New(Options{})
	cancelled := make(chan struct{})
	h := srv.HTTP(func(r *Request) (flux.Publisher[Event], error) {
		return pub(func(ctx context.Context, s flux.Subscriber[Event]) {
			s.OnSubscribe(subs{func(int64) {}, func() { close(cancelled) }})
			s.OnNext(Event{Name: "a", Data: "hello"})
			e, _ := Event{Name: "b", Data: "hello"}.Encoded()
			s.OnNext(e)
			go func() { <-ctx.Done() }()
		}), nil
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	fs := &fasthttp.Server{Handler: h}
	go fs.Serve(ln)
	nc, err := net.Dial("tcp", ln.Addr().String())
	require.NoError(t, err)
	fmt.Fprintf(nc, "GET /x?a=b HTTP/1.1\r\nHost: x\r\n\r\n")
	rd := bufio.NewReader(nc)
	for i := 0; i < 15; i++ {
		nc.SetReadDeadline(time.Now().Add(time.Second))
		l, err := rd.ReadString('\n')
		t.Logf("%q %v", l, err)
		if err != nil {
			break
		}
	}
	t0 := time.Now()
	nc.Close()
	<-cancelled
	t.Log(time.Since(t0))
	t.Logf("%+v", srv.Stats())
	require.NoError(t, srv.Shutdown(context.Background()))
	require.NoError(t, fs.Shutdown())
}

type pub func(ctx context.Context, s flux.Subscriber[Event])

func (p pub) Subscribe(ctx context.Context, s flux.Subscriber[Event]) { p(ctx, s) }

type subs struct {
	r func(int64)
	c func()
}

func (s subs) Request(n int64) { s.r(n) }
func (s subs) Cancel()         { s.c() }
