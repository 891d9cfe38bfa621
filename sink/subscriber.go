package sink

import (
	"sync/atomic"
	"time"

	"github.com/freshet-go/freshet/flux"
)

// Subscriber gives s as a subscriber, to put the values of a stream into it:
//
//	quotes.Subscribe(ctx, sink.Subscriber(s))
//
// A sink with a bounded buffer ([MulticastBuffer], [UnicastBounded]) asks the
// stream for as many values as it has room for, and for more as they leave the
// buffer, in batches of a quarter: so its slowest subscriber sets the pace of the
// stream. When such a sink cancels itself the stream is cancelled. It has one
// stream; a second one is cancelled and reported to Hooks.ErrorDropped. Others may
// emit into it beside the stream, and take room that the stream was promised.
//
// Every other sink asks for everything at once, since it has nowhere to keep a
// value: a direct sink drops or refuses what its subscribers have no demand for.
//
// A value that the sink refuses goes to Hooks.Discarded and the stream goes on (a
// sink without a buffer and without subscribers loses it, as ever); the stream is
// cancelled when the sink has terminated or was cancelled. The stream's terminal is
// the sink's.
//
// Source: Reactor's EmitterProcessor, which was the subscriber itself, and for the
// others flux.subscribe(v -> sink.tryEmitNext(v)).
func Subscriber[T any](s Many[T]) flux.Subscriber[T] {
	in := &intake[T]{sink: s}
	if k, ok := s.(interface{ self() *many[T] }); ok {
		in.own = k.self()
	}
	return in
}

// intake is the subscriber of a stream that goes into a sink.
//
// INVARIANTS
//   - asked - (what came) + (what is in the buffer) never exceeds the room of the
//     buffer, as long as nobody else emits: asked is raised only by what has left
//     the buffer since from.
type intake[T any] struct {
	sink Many[T]
	own  *many[T] // nil for a sink that is not of this package
	up   flux.Subscription

	from  uint64 // so many had left the buffer when the first request was made
	first int64
	// asked is atomic: the hub's holder and OnSubscribe may raise it.
	asked atomic.Int64
}

// roomy is a core whose buffer has bounds.
type roomy interface {
	Room() (free int, total uint64, ok bool)
}

func (in *intake[T]) OnSubscribe(s flux.Subscription) {
	if in.up != nil {
		s.Cancel()
		return
	}
	in.up = s
	if in.own == nil || in.own.limit == 0 {
		s.Request(flux.Unbounded)
		return
	}
	in.fill()
}

// fill makes the first request for a buffer.
func (in *intake[T]) fill() {
	core := in.own.core.(roomy)
	free, total, _ := core.Room()
	in.from, in.first = total, int64(free)
	in.asked.Store(in.first)
	if !in.own.feed.CompareAndSwap(nil, in) {
		in.up.Cancel()
		dropError(&in.own.hooks, errFed)
		return
	}
	if in.first > 0 {
		in.up.Request(in.first)
	}
	_, total, open := core.Room()
	if !open {
		in.up.Cancel()
		return
	}
	in.refill(total) // what left before feed was set told nobody
}

var errFed = invalid("a sink with a bounded buffer takes the values of one stream, and this one has its own")

// refill asks for what has left the buffer, if it is worth a request.
func (in *intake[T]) refill(total uint64) {
	allowed := in.first + int64(total-in.from)
	for {
		asked := in.asked.Load()
		if allowed-asked < max(1, int64(in.own.limit)/4) {
			return
		}
		if in.asked.CompareAndSwap(asked, allowed) {
			in.up.Request(allowed - asked)
			return
		}
	}
}

func (in *intake[T]) OnNext(v T) {
	switch in.sink.TryEmit(v) {
	case OK, Handed:
	case FailZeroSubscriber:
		if in.own != nil && in.own.limit > 0 { // somebody else has filled the buffer
			discard(in.hooks(), v)
		}
	case FailOverflow, FailNonSerialized:
		discard(in.hooks(), v)
	case FailCancelled:
		discard(in.hooks(), v)
		in.up.Cancel()
	case FailTerminated:
		dropNext(in.hooks(), v)
		in.up.Cancel()
	}
}

// patience is how long the terminal of a stream tries to get into a Strict sink in
// which others emit.
const patience = time.Second

func (in *intake[T]) OnComplete()       { in.sink.EmitComplete(BusyLooping(patience)) }
func (in *intake[T]) OnError(err error) { in.sink.EmitError(err, BusyLooping(patience)) }

func (in *intake[T]) hooks() *flux.Hooks {
	if in.own == nil {
		return &flux.Hooks{}
	}
	return &in.own.hooks
}

// self finds the part that all kinds share.
func (m *many[T]) self() *many[T] { return m }

// taken is called when values have left the buffer.
func (m *many[T]) taken(total uint64) {
	if in := m.feed.Load(); in != nil {
		in.refill(total)
	}
}

// vacant is called when nobody is subscribed any more: a sink that has cancelled
// itself needs its stream no longer.
func (m *many[T]) vacant() {
	if in := m.feed.Load(); in != nil {
		if _, _, ok := m.core.(roomy).Room(); !ok {
			in.up.Cancel()
		}
	}
}
