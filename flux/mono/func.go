package mono

import (
	"context"
	"errors"

	"github.com/freshet-go/freshet/flux"
)

// FromFunc gives what f returns. f is called at the first request of each
// subscription, by the goroutine that requests, which waits for it: put
// SubscribeOn behind it if f blocks, and f gets a goroutine of its own. ctx is the
// subscription's context, and is cancelled when that is; a result that comes later
// is discarded. An error of f, or a panic, is the error of the stream; a nil f ends
// with ErrInvalid.
//
// Source: Reactor's Mono.fromCallable, Mono.fromSupplier, Mono.fromFuture.
func FromFunc[T any](f func(ctx context.Context) (T, error)) Mono[T] {
	if f == nil {
		return nilFunc[T]("FromFunc")
	}
	return calling(func(ctx context.Context, out *flux.Step[T]) {
		v, err := f(ctx)
		if err != nil {
			fail(ctx, out, err)
			return
		}
		out.Next(v)
		out.Complete()
	})
}

// Run calls f and completes, without a value. When, and on which goroutine, is as
// for [FromFunc]; as there is no value to ask for, any request will do.
//
// Source: Reactor's Mono.fromRunnable.
func Run(f func(ctx context.Context) error) Mono[struct{}] {
	if f == nil {
		return nilFunc[struct{}]("Run")
	}
	return calling(func(ctx context.Context, out *flux.Step[struct{}]) {
		if err := f(ctx); err != nil {
			fail(ctx, out, err)
			return
		}
		out.Complete()
	})
}

// fail passes the error of a call on, unless it only repeats that the subscription
// was cancelled, which nobody needs to be told.
func fail[T any](ctx context.Context, out *flux.Step[T], err error) {
	if ctx.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.Cause(ctx))) {
		out.Complete()
		return
	}
	out.Error(err)
}

// calling makes a Mono of a function that has its say in one call. The ctx of that
// call is its own, so that a cancel can reach it.
func calling[T any](step func(ctx context.Context, out *flux.Step[T])) Mono[T] {
	return Mono[T](flux.Defer(func(ctx context.Context) flux.Flux[T] {
		ctx, stop := context.WithCancelCause(ctx)
		leave := func() { stop(flux.ErrCancelled) }
		return flux.Generate(
			func(context.Context) context.Context { return ctx },
			func(ctx context.Context, out *flux.Step[T]) context.Context {
				step(ctx, out)
				return ctx
			},
			func(context.Context) { leave() },
		).DoOnCancel(leave)
	}))
}
