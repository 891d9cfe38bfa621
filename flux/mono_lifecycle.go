package flux

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
)

// DoOnNext calls do with the value before it goes on; see [Flux.DoOnNext].
//
// Source: Reactor's Mono.doOnNext.
func (m Mono[T]) DoOnNext(do func(v T)) Mono[T] { return Mono[T](m.Flux().DoOnNext(do)) }

// DoOnError calls do with the error before it goes on; see [Flux.DoOnError].
//
// Source: Reactor's Mono.doOnError.
func (m Mono[T]) DoOnError(do func(err error)) Mono[T] { return Mono[T](m.Flux().DoOnError(do)) }

// DoOnSubscribe calls do when the source has accepted the subscription; see
// [Flux.DoOnSubscribe].
//
// Source: Reactor's Mono.doOnSubscribe.
func (m Mono[T]) DoOnSubscribe(do func()) Mono[T] { return Mono[T](m.Flux().DoOnSubscribe(do)) }

// DoOnRequest calls do with each demand on its way up; see [Flux.DoOnRequest].
//
// Source: Reactor's Mono.doOnRequest.
func (m Mono[T]) DoOnRequest(do func(n int64)) Mono[T] { return Mono[T](m.Flux().DoOnRequest(do)) }

// DoOnCancel calls do when the subscription is cancelled from below before it has
// ended; see [Flux.DoOnCancel].
//
// Source: Reactor's Mono.doOnCancel.
func (m Mono[T]) DoOnCancel(do func()) Mono[T] { return Mono[T](m.Flux().DoOnCancel(do)) }

// DoOnDiscard calls do with each value that an operator of m, upstream of here,
// lets go; see [Flux.DoOnDiscard].
//
// Source: Reactor's Mono.doOnDiscard.
func (m Mono[T]) DoOnDiscard(do func(v any)) Mono[T] { return Mono[T](m.Flux().DoOnDiscard(do)) }

// DoFinally calls do exactly once when the subscription has ended, whichever way;
// see [Flux.DoFinally].
//
// Source: Reactor's Mono.doFinally.
func (m Mono[T]) DoFinally(do func(end SignalType)) Mono[T] { return Mono[T](m.Flux().DoFinally(do)) }

// DoFirst calls do at each subscription before m is subscribed to; see
// [Flux.DoFirst].
//
// Source: Reactor's Mono.doFirst.
func (m Mono[T]) DoFirst(do func()) Mono[T] { return Mono[T](m.Flux().DoFirst(do)) }

// Tap makes a listener for each subscription, which is told of its signals; see
// [Flux.Tap].
//
// Source: Reactor's Mono.tap.
func (m Mono[T]) Tap(listen func(ctx context.Context) Listener[T]) Mono[T] {
	return Mono[T](m.Flux().Tap(listen))
}

// Hide gives m as something that no other operator knows anything of; see
// [Flux.Hide].
//
// Source: Reactor's Mono.hide.
func (m Mono[T]) Hide() Mono[T] { return Mono[T](m.Flux().Hide()) }

// Log writes every signal of a subscription to l, with stream=name; see [Flux.Log].
//
// Source: Reactor's Mono.log.
func (m Mono[T]) Log(l *slog.Logger, name string) Mono[T] { return Mono[T](m.Flux().Log(l, name)) }

// Name gives the stream a name for those that observe it from upstream; see
// [Flux.Name].
//
// Source: Reactor's Mono.name, which is seen from downstream.
func (m Mono[T]) Name(name string) Mono[T] { return Mono[T](m.Flux().Name(name)) }

// Tag adds a key and a value to what [Mono.Name] says.
//
// Source: Reactor's Mono.tag.
func (m Mono[T]) Tag(key, value string) Mono[T] { return Mono[T](m.Flux().Tag(key, value)) }

// Checkpoint puts name to every error that passes, in a *[CheckpointError]; see
// [Flux.Checkpoint].
//
// Source: Reactor's Mono.checkpoint(String).
func (m Mono[T]) Checkpoint(name string) Mono[T] { return Mono[T](m.Flux().Checkpoint(name)) }

// CheckpointHere is [Mono.Checkpoint] that also tells the file and line of its
// caller, which are looked up once, at assembly (about a microsecond).
//
// Source: Reactor's Mono.checkpoint(String, true).
func (m Mono[T]) CheckpointHere(name string) Mono[T] {
	caller := "unknown"
	if _, file, line, ok := runtime.Caller(1); ok {
		caller = fmt.Sprintf("%s:%d", file, line)
	}
	return m.OnErrorMap(func(err error) error { return &CheckpointError{Name: name, Caller: caller, Err: err} })
}
