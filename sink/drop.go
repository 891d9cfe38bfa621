package sink

import (
	"context"
	"log/slog"
	"runtime/debug"

	"github.com/freshet-go/freshet/flux"
)

// dropNext, discard and dropError hand to the sink's hooks what no subscriber
// can be given. They are generic so that a value becomes an any, which allocates,
// only where there is a hook.

func dropNext[T any](h *flux.Hooks, v T) {
	if h.NextDropped != nil {
		shield(func() { h.NextDropped(v) })
	}
}

func discard[T any](h *flux.Hooks, v T) {
	if h.Discarded != nil {
		shield(func() { h.Discarded(v) })
	}
}

func dropError(h *flux.Hooks, err error) {
	if h.ErrorDropped != nil {
		shield(func() { h.ErrorDropped(err) })
		return
	}
	slog.Default().Error("sink: error dropped", "error", err)
}

// report gives an error that a subscriber left nobody to take to the hooks of its
// subscription's context: a stream that nobody watches for errors does just
// that. The context may be done by now, its hooks still count.
func report(ctx context.Context, err error) {
	flux.Error[struct{}](err).SubscribeFunc(context.WithoutCancel(ctx), nil, nil)
}

// shield runs a hook whose panic has nowhere to go but the log.
func shield(f func()) {
	defer func() {
		if r := recover(); r != nil {
			slog.Default().Error("sink: a hook panicked", "error", panicked(r))
		}
	}()
	f()
}

// panicked is the error for a recovered panic, made on the panic's stack.
func panicked(r any) error {
	if p, ok := r.(*flux.PanicError); ok {
		return p
	}
	return &flux.PanicError{Value: r, Stack: debug.Stack()}
}
