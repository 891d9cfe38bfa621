package flux

import (
	"context"
	"errors"
	"iter"
	"sync"
)

// pullAhead is how many values All and Chan request ahead of their reader.
const pullAhead = 256

// All gives the values to a range loop, in the goroutine of the loop. A stream
// that failed gives its error once, with the zero T, as the last pair; ctx done
// gives context.Cause(ctx) in the same way. Leaving the loop cancels the source.
// Up to 256 values are requested ahead of the loop and discarded if it leaves.
// Every range over the result is a subscription of its own.
//
// Source: Reactor's Flux.toIterable.
func (f Flux[T]) All(ctx context.Context) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		switch {
		case ctx == nil:
			yield(zero, invalid("All(nil): the context must not be nil"))
			return
		case ctx.Err() != nil:
			yield(zero, context.Cause(ctx))
			return
		}
		p := &pull[T]{ctx: ctx, ready: make(chan struct{}, 1)}
		f.source().subscribe(ctx, p)
		defer p.leave()
		for {
			batch, err := p.take()
			for i, v := range batch {
				if !yield(v, nil) {
					p.drop(batch[i+1:])
					return
				}
			}
			switch {
			case errors.Is(err, errEnough):
				return
			case err != nil:
				yield(zero, err)
				return
			}
			p.refill(len(batch))
		}
	}
}

// Chan gives the values on a channel that is closed at the end, and a function
// that tells, once the channel is closed, why: nil for completion, else the
// error of the stream or context.Cause(ctx). A goroutine moves the values; it
// ends with the stream or with ctx, so a reader who stops reading must cancel
// ctx. The channel holds buffer values (0 or more); up to 256 more are requested
// ahead of it.
//
// Source: Go's channels in place of Reactor's Flux.toStream.
func (f Flux[T]) Chan(ctx context.Context, buffer int) (<-chan T, func() error) {
	if buffer < 0 {
		f = Error[T](invalid("Chan(ctx, %d): the buffer must not be negative", buffer))
	}
	out := make(chan T, max(buffer, 0)) // the caller's choice of how far the source may run ahead
	var err error
	go func() {
		defer close(out)
		for v, e := range f.All(ctx) {
			if e != nil {
				err = e
				return
			}
			select {
			case out <- v:
			case <-ctx.Done():
				err = context.Cause(ctx)
				return
			}
		}
	}()
	return out, func() error { return err }
}

// pull lets a goroutine take what a stream sends.
//
// INVARIANTS: mu guards in, end, left; ready has one slot, which is full whenever
// something came since the last take, so that no sender waits and no wake-up is
// lost.
type pull[T any] struct {
	ctx   context.Context
	up    Subscription
	mu    sync.Mutex
	in    []T
	end   error
	left  bool // the loop is over
	ready chan struct{}
	spare []T
	taken int
}

func (p *pull[T]) OnSubscribe(s Subscription) {
	p.up = s
	s.Request(pullAhead)
}

func (p *pull[T]) OnNext(v T) {
	p.mu.Lock()
	left := p.left
	if !left {
		p.in = append(p.in, v)
	}
	p.mu.Unlock()
	if left {
		discard(p.ctx, v)
		return
	}
	p.wake()
}

func (p *pull[T]) OnError(err error) {
	p.mu.Lock()
	p.end = err
	p.mu.Unlock()
	p.wake()
}

func (p *pull[T]) OnComplete() { p.OnError(errEnough) }

func (p *pull[T]) wake() {
	select {
	case p.ready <- struct{}{}:
	default:
	}
}

// leave lets the source go, and what has come from it.
func (p *pull[T]) leave() {
	p.up.Cancel()
	p.mu.Lock()
	rest := p.in
	p.in, p.left = nil, true
	p.mu.Unlock()
	p.drop(rest)
}

func (p *pull[T]) drop(vs []T) {
	for _, v := range vs {
		discard(p.ctx, v)
	}
}

// take waits for values or the end.
func (p *pull[T]) take() (batch []T, err error) {
	select {
	case <-p.ready:
	case <-p.ctx.Done():
		return nil, context.Cause(p.ctx)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	batch, p.in = p.in, p.spare[:0]
	p.spare = batch
	return batch, p.end
}

// refill requests again in batches of three quarters of what was ahead.
func (p *pull[T]) refill(n int) {
	p.taken += n
	if p.taken >= refillAt(pullAhead) {
		n, p.taken = p.taken, 0
		p.up.Request(int64(n))
	}
}

// refillAt is the number of values after which an operator with the given
// prefetch requests that many again: three quarters, as in Reactor.
func refillAt(prefetch int) int { return prefetch - prefetch>>2 }
