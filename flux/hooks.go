package flux

import (
	"context"
	"log/slog"
)

// Hooks receive what can no longer be delivered to a subscriber. A nil field
// keeps the default: errors are logged to slog.Default at level Error, values
// are let go.
//
// The functions may be called by any goroutine, also concurrently; they must
// not block. Source: Reactor's Hooks.onNextDropped, onErrorDropped and
// doOnDiscard, carried by the context instead of being global.
type Hooks struct {
	// ErrorDropped gets an error that came after the terminal signal or after
	// a cancel, or a panic of a foreign subscriber.
	ErrorDropped func(err error)
	// NextDropped gets a value that came after the terminal signal.
	NextDropped func(v any)
	// Discarded gets a value that an operator held or filtered out when the
	// stream ended or was cancelled.
	Discarded func(v any)
}

type hooksKey struct{}

// WithHooks gives a context whose subscriptions report what cannot be
// delivered to h. Hooks of an outer context are used for the fields that are
// nil in h.
func WithHooks(ctx context.Context, h Hooks) context.Context {
	if outer, ok := ctx.Value(hooksKey{}).(*Hooks); ok {
		if h.ErrorDropped == nil {
			h.ErrorDropped = outer.ErrorDropped
		}
		if h.NextDropped == nil {
			h.NextDropped = outer.NextDropped
		}
		if h.Discarded == nil {
			h.Discarded = outer.Discarded
		}
	}
	return context.WithValue(ctx, hooksKey{}, &h)
}

func hooksOf(ctx context.Context) *Hooks {
	if ctx == nil { // a caller's mistake, which is itself to be reported
		return nil
	}
	h, _ := ctx.Value(hooksKey{}).(*Hooks)
	return h
}

func dropError(ctx context.Context, err error) {
	if h := hooksOf(ctx); h != nil && h.ErrorDropped != nil {
		shield(func() { h.ErrorDropped(err) })
		return
	}
	const text = "flux: error dropped: the stream had ended"
	if ctx == nil {
		slog.Default().Error(text, "error", err)
		return
	}
	slog.Default().ErrorContext(ctx, text, "error", err)
}

// dropNext and discard are generic so that v becomes an any, which allocates, only
// where somebody wants it.
func dropNext[T any](ctx context.Context, v T) {
	if h := hooksOf(ctx); h != nil && h.NextDropped != nil {
		shield(func() { h.NextDropped(v) })
	}
}

func discard[T any](ctx context.Context, v T) {
	if h := hooksOf(ctx); h != nil && h.Discarded != nil {
		shield(func() { h.Discarded(v) })
	}
}

func discardAll[T any](ctx context.Context, list []T) {
	if h := hooksOf(ctx); h == nil || h.Discarded == nil {
		return
	}
	for _, v := range list {
		discard(ctx, v)
	}
}
