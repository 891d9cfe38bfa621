package flux

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"runtime"
)

// Log writes every signal of a subscription to l: the subscription, requests,
// values, completion and a cancel at level Info, an error at level Error, each
// with stream=name. A nil l is slog.Default at the time of the subscription. The
// lines are written by the goroutine of the signal.
//
// Source: Reactor's Flux.log.
func (f Flux[T]) Log(l *slog.Logger, name string) Flux[T] {
	return f.Tap(func(ctx context.Context) Listener[T] {
		out := l
		if out == nil {
			out = slog.Default()
		}
		return logging[T](ctx, out, name)
	})
}

func logging[T any](ctx context.Context, l *slog.Logger, name string) Listener[T] {
	l = l.With("stream", name)
	return Listener[T]{
		OnSubscribe: func() { l.InfoContext(ctx, "onSubscribe") },
		OnRequest: func(n int64) {
			if n == Unbounded {
				l.InfoContext(ctx, "request", "n", "unbounded")
				return
			}
			l.InfoContext(ctx, "request", "n", n)
		},
		OnNext:     func(v T) { l.InfoContext(ctx, "onNext", "value", v) },
		OnComplete: func() { l.InfoContext(ctx, "onComplete") },
		OnError:    func(err error) { l.ErrorContext(ctx, "onError", "error", err) },
		OnCancel:   func() { l.InfoContext(ctx, "cancel") },
	}
}

// CheckpointError is an error that passed a checkpoint. It unwraps to the error as
// it was.
type CheckpointError struct {
	Name   string // of the checkpoint
	Caller string // file:line of the assembly, if it was asked for
	Err    error
}

func (e *CheckpointError) Error() string {
	if e.Caller == "" {
		return fmt.Sprintf("%v (at checkpoint %s)", e.Err, e.Name)
	}
	return fmt.Sprintf("%v (at checkpoint %s, %s)", e.Err, e.Name, e.Caller)
}

// Unwrap gives the error as it was.
func (e *CheckpointError) Unwrap() error { return e.Err }

// Checkpoint puts name to every error that passes, in a *[CheckpointError]: so that
// a log tells which of several streams with the same operators failed. errors.Is
// and errors.As see the error as before.
//
// Source: Reactor's Flux.checkpoint(String).
func (f Flux[T]) Checkpoint(name string) Flux[T] {
	return f.OnErrorMap(func(err error) error { return &CheckpointError{Name: name, Err: err} })
}

// CheckpointHere is [Flux.Checkpoint] that also tells the file and line of its
// caller, which are looked up once, at assembly (about a microsecond).
//
// Source: Reactor's Flux.checkpoint(String, true).
func (f Flux[T]) CheckpointHere(name string) Flux[T] {
	caller := "unknown"
	if _, file, line, ok := runtime.Caller(1); ok {
		caller = fmt.Sprintf("%s:%d", file, line)
	}
	return f.OnErrorMap(func(err error) error { return &CheckpointError{Name: name, Caller: caller, Err: err} })
}

// Named is what Name and Tag say of a stream.
type Named struct {
	Name string
	Tags map[string]string
}

// Name gives the stream a name for those that observe it from upstream: a source
// or a Tap, or a hook, finds it with [NamedOf] in its context. Nearer to the
// source wins.
//
// Source: Reactor's Flux.name, which is seen from downstream.
func (f Flux[T]) Name(name string) Flux[T] {
	return f.naming(func(n *Named) { n.Name = name })
}

// Tag adds a key and a value to what [Flux.Name] says.
//
// Source: Reactor's Flux.tag.
func (f Flux[T]) Tag(key, value string) Flux[T] {
	return f.naming(func(n *Named) {
		if n.Tags == nil {
			n.Tags = map[string]string{}
		}
		n.Tags[key] = value
	})
}

// NamedOf gives the name and the tags of the stream that a context belongs to, a
// copy; zero if it has none.
func NamedOf(ctx context.Context) Named {
	n, _ := ctx.Value(namedKey{}).(Named)
	n.Tags = maps.Clone(n.Tags)
	return n
}

type namedKey struct{}

func (f Flux[T]) naming(change func(*Named)) Flux[T] {
	src := f.source()
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		n := NamedOf(ctx)
		change(&n)
		src.subscribe(context.WithValue(ctx, namedKey{}, n), s)
	})}
}
