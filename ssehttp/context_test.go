package ssehttp

import (
	"context"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
)

type ctxKey struct{}

func TestAStreamsContextHasTheServersValuesAndEndsWithTheStream(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		h := newHand()
		var fromRequest context.Context
		s := tr.serve(t, Options{Context: context.WithValue(context.Background(), ctxKey{}, "v")},
			func(r *Request) (flux.Publisher[Event], error) {
				fromRequest = r.Context()
				return h, nil
			})
		c := s.get("/").open()
		h.subscribed(t)
		assert.Equal(t, "v", h.ctx.Value(ctxKey{}))
		require.NoError(t, h.ctx.Err())
		derived, stop := context.WithCancel(h.ctx)
		defer stop()
		ran := make(chan struct{})
		context.AfterFunc(h.ctx, func() { close(ran) })
		context.AfterFunc(h.ctx, func() { assert.Fail(t, "ran although it was stopped") })()
		require.NoError(t, c.Close())
		h.wait(t, h.ctx.Done(), "the context")
		h.wait(t, fromRequest.Done(), "the request's context")
		h.wait(t, derived.Done(), "the derived context")
		h.wait(t, ran, "the AfterFunc")
		assert.Equal(t, context.Canceled, h.ctx.Err())
		assert.Equal(t, context.Canceled, context.Cause(h.ctx))
		late := make(chan struct{})
		context.AfterFunc(h.ctx, func() { close(late) })
		h.wait(t, late, "the AfterFunc on a context that is done")
		_, open := <-fromRequest.Done()
		assert.False(t, open)
	})
}

func TestDerivingFromAStreamsContextTakesNoGoroutine(t *testing.T) {
	srv := New(Options{})
	st := newStream(srv)
	before := runtime.NumGoroutine()
	for range 100 {
		ctx, cancel := context.WithCancel(&st.streamContext)
		defer cancel()
		defer context.AfterFunc(ctx, func() {})()
	}
	assert.LessOrEqual(t, runtime.NumGoroutine(), before+1)
}

func TestTheServersContextClosesEveryStream(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		h := newHand()
		s := tr.serve(t, Options{Context: ctx}, h.handler)
		c := s.get("/").open()
		h.subscribed(t)
		cancel()
		h.cancelled(t)
		c.ended()
		status, header := s.get("/").head()
		assert.Equal(t, "HTTP/1.1 503 Service Unavailable", status)
		assert.Equal(t, "2", header["Retry-After"])
	})
}
