package flux

import (
	"context"
	"iter"
	"sync/atomic"
)

// FromSeq2 gives the values of a sequence that may fail, such as a paged
// query or what [Flux.All] gives: the first pair with an error ends the stream
// with that error, its value is let go, and seq is not resumed. In all else it is
// [FromSeq]: seq is run by the goroutine that requests, nothing is pulled before
// it is asked for, Cancel stops the iteration and runs its deferred calls, and
// each subscription iterates anew. For a sequence of keys and values, map it to a
// sequence of pairs and take FromSeq.
//
// Source: Reactor's Flux.fromIterable over an Iterator that throws.
func FromSeq2[T any](seq iter.Seq2[T, error]) Flux[T] {
	if seq == nil {
		return Error[T](invalid("FromSeq2(nil): the sequence must not be nil"))
	}
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		runLoop(ctx, s, seq2Cursor[T]{seqCursor: seqCursor[T]{ctx: ctx}, pairs: seq})
	})}
}

// seq2Cursor is the cursor of the values up to the first error.
type seq2Cursor[T any] struct {
	seqCursor[T]
	pairs  iter.Seq2[T, error]
	failed error // the end of the sequence is this error
}

func (c *seq2Cursor[T]) values(yield func(T) bool) {
	for v, err := range c.pairs {
		if err != nil {
			c.failed = err
			return
		}
		if !yield(v) {
			return
		}
	}
}

func (c *seq2Cursor[T]) advance(push func(T) bool, n int64, stop *atomic.Bool) (used int64, end bool, err error) {
	if c.seq == nil {
		c.seq = c.values
	}
	used, end, err = c.seqCursor.advance(push, n, stop)
	if end {
		err = c.failed
	}
	return used, end, err
}
