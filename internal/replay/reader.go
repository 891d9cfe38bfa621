package replay

import (
	"context"
	"math"
	"sync/atomic"

	"github.com/freshet-go/freshet/internal/inside"
)

// Reader sends one subscriber what the buffer has for it, against its demand. It
// is the subscriber's subscription.
//
// INVARIANTS
//   - wip > 0 means that somebody is sending; that goroutine alone uses what is
//     the drainer's. It starts at 1, so that nobody sends before Join does.
//   - requested moves from a sum to bad or gone and from bad to gone, never back;
//     whoever moves it to gone owns what follows from that. So there is one
//     terminal at most, and left is called at most once.
//   - A drainer that finds it gone lets go of the subscriber and of the values.
type Reader[T any] struct {
	buf  *Buffer[T]
	ctx  context.Context
	left func(ended bool)

	// requested is the sum of all requests, or Unbounded, or one of the states
	// below. Atomic, because any goroutine requests and cancels.
	requested atomic.Int64
	wip       atomic.Int32 // who raises it from 0 is the drainer; the others leave a note
	past      atomic.Int64 // where it joined, or the last multiple of batch it has come to; pacing reads it
	place     int          // in readers, or outside; guarded by buf.mu

	// The drainer's.
	at   *node[T] // the last value sent
	sent int64    // demand used; the demand left is requested-sent
	told int64    // of sent: so many are in buf.delivered
	down Receiver[T]
	try  inside.Conditional[T] // down, if it is conditional
}

const (
	gone    = int64(-1) // requested: cancelled or given its terminal
	outside = -1        // place: not in readers
)

// Prepare makes the subscription to pass to OnSubscribe. It sends nothing until
// Join. left, which may be nil, is called once: just before the subscriber gets the
// end of the buffer (ended), or when it leaves before that, by a Cancel, a bad
// request, or a panic.
func (b *Buffer[T]) Prepare(ctx context.Context, left func(ended bool)) *Reader[T] {
	r := &Reader[T]{buf: b, ctx: ctx, left: left, place: outside}
	r.wip.Store(1)
	return r
}

// Join lets a prepared reader in, once its OnSubscribe has returned, before the
// oldest value that is kept, and sends what it has demand for. It is to be called
// once.
func (b *Buffer[T]) Join(r *Reader[T], down Receiver[T]) {
	r.down = down
	r.try, _ = down.(inside.Conditional[T])
	b.mu.Lock()
	b.expire(b.age())
	r.at = b.head
	r.past.Store(r.at.n)
	if !b.closed && r.requested.Load() >= 0 {
		b.admit(r)
	}
	b.mu.Unlock()
	if b.batch > 0 {
		b.pace() // it may have nothing to come before the mark
	}
	r.run()
}

// Request implements the subscription of every subscriber.
func (r *Reader[T]) Request(n int64) {
	for {
		cur := r.requested.Load()
		if cur < 0 || cur == Unbounded && n > 0 {
			return
		}
		next := cur + n
		if n <= 0 {
			next = bad(n)
		} else if next < 0 {
			next = Unbounded
		}
		if r.requested.CompareAndSwap(cur, next) {
			r.change()
			return
		}
	}
}

// Cancel implements the subscription of every subscriber.
func (r *Reader[T]) Cancel() {
	if r.requested.Load() == gone || r.requested.Swap(gone) == gone {
		return
	}
	r.change()
	r.depart()
}

// depart tells everybody that the subscriber has left before its terminal: left
// first, since whoever is told may close the buffer, and then nothing more is
// asked for. The others may have waited for it.
func (r *Reader[T]) depart() {
	others := r.buf.leave(r)
	if r.left != nil {
		r.left(false)
	}
	if others && r.buf.batch > 0 {
		r.buf.pace()
	}
}

// bad is the state of requested after Request(n), n <= 0: below gone.
func bad(n int64) int64 { return max(n, math.MinInt64+2) - 2 }

// badRequest gives back the n.
func badRequest(state int64) int64 { return state + 2 }

// change tells the drainer, or becomes it.
func (r *Reader[T]) change() {
	if r.wip.Add(1) == 1 {
		r.run()
	}
}

// run drains until nothing has changed since the last look.
func (r *Reader[T]) run() {
	done := false
	defer func() {
		if !done { // runtime.Goexit in the subscriber: what is left must still be done
			r.run()
		}
	}()
	for seen := r.wip.Load(); seen != 0; seen = r.wip.Add(-seen) {
		r.pass()
		r.tell()
	}
	done = true
}

// pass sends what can be sent now.
func (r *Reader[T]) pass() {
	defer func() {
		if p := recover(); p != nil {
			r.buf.Fault(r, r.down, p)
		}
	}()
	for r.at != nil {
		r.come()
		requested := r.requested.Load()
		next := r.at.next.Load()
		switch {
		case requested < 0:
			r.stop()
		case next == nil:
			return
		case next == r.buf.end:
			r.stop()
		case requested == r.sent && requested != Unbounded:
			return
		default:
			r.at = next
			r.send(next.v)
		}
	}
}

// tell counts what was sent since it last did: once for a pass, since all readers
// count in one place.
func (r *Reader[T]) tell() {
	if r.sent != r.told {
		r.buf.delivered.Add(r.sent - r.told)
		r.told = r.sent
	}
}

func (r *Reader[T]) send(v T) {
	r.sent++
	if r.try == nil {
		r.down.OnNext(v)
	} else if !r.try.TryOnNext(v) {
		r.sent--
	}
}

// stop lets go of the subscriber, and sends it the error that it is owed or the
// end of the buffer, unless it has cancelled.
func (r *Reader[T]) stop() {
	down := r.down
	state := r.requested.Swap(gone)
	r.at, r.down, r.try = nil, nil, nil
	switch {
	case state == gone:
	case state < 0:
		r.signal(down, r.buf.rules.BadRequest(badRequest(state)))
		r.depart()
	default:
		if r.left != nil {
			r.left(true)
		}
		r.signal(down, r.buf.err)
	}
}

// signal sends the terminal. The subscriber has been let go of, so its panic is
// settled here.
func (r *Reader[T]) signal(down Receiver[T], err error) {
	defer func() {
		if p := recover(); p != nil {
			r.buf.Fault(r, down, p)
		}
	}()
	if err != nil {
		down.OnError(err)
	} else {
		down.OnComplete()
	}
}

// Fault settles a panic that came out of a subscriber: the stage below whose user
// function it was takes it as an error; one that nobody takes costs the subscriber
// its subscription (rule 2.13). It is called by whoever owns the subscriber's
// signals, on the stack of the panic.
func (b *Buffer[T]) Fault(r *Reader[T], down any, p any) {
	err := b.rules.Panicked(p)
	if t, ok := down.(inside.PanicTaker); ok && b.takes(t, r, err) {
		return
	}
	r.Cancel()
	b.rules.Report(r.ctx, err)
}

// takes offers a panic; a second one on the way is reported beside it.
func (b *Buffer[T]) takes(t inside.PanicTaker, r *Reader[T], p error) (taken bool) {
	defer func() {
		if v := recover(); v != nil {
			b.rules.Report(r.ctx, b.rules.Panicked(v))
		}
	}()
	return t.TakePanic(p)
}
