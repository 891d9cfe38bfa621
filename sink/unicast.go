package sink

import (
	"context"
	"math"
	"sync/atomic"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/internal/hub"
	"github.com/freshet-go/freshet/internal/inside"
)

// Unicast is a sink for one subscriber in its life. A second one, also one that
// comes after the first has left, gets an error matching [flux.ErrInvalid]. Once
// the subscriber has cancelled the sink is cancelled: emissions give
// FailCancelled. Make one with [UnicastBuffer], [UnicastBounded] or
// [UnicastError].
//
// Every method may be called by any goroutine and from inside any signal.
type Unicast[T any] struct {
	many[T]
	// claimed admits one subscriber. Atomic: two may come at the same time.
	claimed atomic.Bool
}

// UnicastBuffer makes a unicast sink with an unbounded buffer, in which values
// wait for the subscriber to come and to have demand. A terminal, an error too,
// waits behind them. What is in the buffer when the subscriber cancels goes to
// Hooks.Discarded. An emission that meets another one has an exact result; it is
// never Handed.
//
// At most one Options is used; HandOff is not. Source: Reactor's
// Sinks.many().unicast().onBackpressureBuffer().
func UnicastBuffer[T any](o ...Options) *Unicast[T] { return unicast[T](math.MaxInt, first(o)) }

// UnicastBounded is UnicastBuffer with room for n values. A full buffer refuses:
// FailZeroSubscriber before the subscriber has come, FailOverflow after that.
// n < 1 makes a sink that has failed with an error matching [flux.ErrInvalid].
//
// Source: Reactor's Sinks.many().unicast().onBackpressureBuffer(queue).
func UnicastBounded[T any](n int, o ...Options) *Unicast[T] {
	u := unicast[T](max(n, 0), first(o))
	if n < 1 {
		u.core.end(invalid("UnicastBounded(%d): the buffer must have room for at least 1 value", n))
	}
	return u
}

// UnicastError makes a unicast sink without a buffer: a value that the subscriber
// has no demand for is refused with FailOverflow, and everything, a terminal too,
// with FailZeroSubscriber before it has come. Emissions that meet are handed off
// as by a [Direct] sink.
//
// At most one Options is used. Source: Reactor's
// Sinks.many().unicast().onBackpressureError().
func UnicastError[T any](o ...Options) *Unicast[T] {
	u := &Unicast[T]{}
	u.admitOne(u.open(hub.Config{Policy: hub.AllOrNothing, AutoCancel: true, Audience: true}, first(o)))
	return u
}

func unicast[T any](n int, o Options) *Unicast[T] {
	u := &Unicast[T]{}
	u.admitOne(u.open(hub.Config{Policy: hub.Buffer, Limit: n, AutoCancel: true, Patient: true}, o))
	return u
}

// Flux gives the sink's output, to chain operators on.
//
// Source: Reactor's Sinks.Many.asFlux.
func (u *Unicast[T]) Flux() flux.Flux[T] { return u.flux }

func (u *Unicast[T]) admitOne(h *hub.Hub[T]) { u.flux = flux.From[T](turnstile[T]{u, source[T]{h}}) }

var errTaken = invalid("a unicast sink has one subscriber in its life, and this one has had its own")

// turnstile lets the first subscriber through to the hub.
type turnstile[T any] struct {
	sink *Unicast[T]
	hub  source[T]
}

func (turnstile[T]) KeepsContract(inside.Token) {}

func (t turnstile[T]) Subscribe(ctx context.Context, s flux.Subscriber[T]) {
	if t.sink.claimed.Swap(true) {
		flux.Error[T](errTaken).Subscribe(ctx, s)
		return
	}
	t.hub.Subscribe(ctx, s)
}
