package flux

import "context"

// OnErrorContinue lets the operators upstream that support it go on after an
// error: the value that caused it is let go, handle gets both, and the stream
// goes on with the next value. Those are Map, TryMap, MapNotNull, Filter, Handle
// and DoOnNext, whose function failed for a value; and the mappers of FlatMap,
// ConcatMap and their kin, whose publishers may fail too: such a publisher
// counts as completed, and v is nil. It reaches into those publishers as well. It
// does not help an operator that carries a result from value to value, such as
// Scan, nor with an error of the source.
//
// It acts through the context on operators that do not expect it; OnErrorResume
// inside the mapper of a FlatMap says the same more plainly. handle is called by
// the goroutine of the failure, possibly concurrently; its panic is the error of
// the stream, with the other one. Pipelines that do not use it pay nothing a
// value; those that do, a recover for each stage and value.
//
// Source: Reactor's Flux.onErrorContinue.
func (f Flux[T]) OnErrorContinue(handle func(err error, v any)) Flux[T] {
	return f.OnErrorContinueIf(func(error) bool { return true }, handle)
}

// OnErrorContinueIf is [Flux.OnErrorContinue] for the errors for which when is
// true; any other ends the stream.
//
// Source: Reactor's Flux.onErrorContinue(Predicate, BiConsumer).
func (f Flux[T]) OnErrorContinueIf(when func(err error) bool, handle func(err error, v any)) Flux[T] {
	if when == nil || handle == nil {
		return nilFunc[T]("OnErrorContinue")
	}
	return f.onError(&continuation{when, handle})
}

// OnErrorStop keeps an OnErrorContinue that stands downstream from the operators
// of f: their errors end the stream.
//
// Source: Reactor's Flux.onErrorStop.
func (f Flux[T]) OnErrorStop() Flux[T] { return f.onError(nil) }

func (f Flux[T]) onError(c *continuation) Flux[T] {
	src := f.source()
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		if c == nil && continuing(ctx) == nil {
			src.subscribe(ctx, s)
			return
		}
		src.subscribe(context.WithValue(ctx, continueKey{}, c), s)
	})}
}

// continuation is what the context carries up from an OnErrorContinue.
type continuation struct {
	when   func(error) bool
	handle func(error, any)
}

type continueKey struct{}

// continuing gives what the context carries, or nil.
func continuing(ctx context.Context) *continuation {
	if ctx == nil {
		return nil
	}
	c, _ := ctx.Value(continueKey{}).(*continuation)
	return c
}

// settle lets the user decide about err, which v caused. It gives nil if the
// stream is to go on, and otherwise the error that ends it.
func (c *continuation) settle(err error, v any) error {
	goOn := false
	panicked := try(func() {
		if goOn = c.when(err); goOn {
			c.handle(err, v)
		}
	})
	switch {
	case panicked != nil:
		return &suppressedError{panicked, err}
	case goOn:
		return nil
	}
	return err
}

// skipping is what a fused run holds under an OnErrorContinue, where each of its
// stages has a recover of its own around it.
//
// INVARIANTS: value is the input of the stage at work, and resumes tells whether
// that stage may lose it; skipped is set by fail, and taken back by the stage that
// failed.
type skipping struct {
	*continuation
	value   any
	resumes bool
	skipped bool
}

// skip tells whether the stage at work may go on after err, or gives what is to
// end it.
func (s *skipping) skip(err error) (ok bool, end error) {
	if !s.resumes {
		return false, err
	}
	if end = s.settle(err, s.value); end != nil {
		return false, end
	}
	s.skipped = true
	return true, nil
}

// resuming puts a recover around one stage of a run.
func resuming[T any](st *stage, in func(T) bool, resumes bool) func(T) bool {
	s := st.skipping()
	return func(v T) (took bool) {
		outer, outerResumes := s.value, s.resumes
		s.value, s.resumes = v, resumes
		defer func() {
			if !st.below && !st.done {
				if p := caught(recover()); p != nil {
					s.value, s.resumes = v, resumes
					st.fail(p)
				}
			}
			if s.skipped {
				s.skipped, took = false, false
			}
			s.value, s.resumes = outer, outerResumes
		}()
		return in(v)
	}
}

// resumingMapper makes a mapper whose failures, and those of its publishers, an
// OnErrorContinue downstream deals with; without one it is f itself.
func resumingMapper[T, R any](ctx context.Context, f func(T) source[R]) func(T) source[R] {
	c := continuing(ctx)
	if c == nil {
		return f
	}
	return func(v T) source[R] {
		var src source[R]
		if err := try(func() { src = f(v) }); err != nil {
			if end := c.settle(err, v); end != nil {
				panic(end)
			}
			return emptySource[R]{}
		}
		if one, ok := src.(scalar[R]); ok {
			if _, _, err := one.scalar(); err == nil {
				return src
			} else if end := c.settle(err, v); end != nil {
				return errorSource[R]{end}
			}
			return emptySource[R]{}
		}
		return continued[R]{src, c}
	}
}

// continued is a publisher of a mapper whose error counts as its completion if
// the OnErrorContinue downstream says so.
type continued[T any] struct {
	src source[T]
	*continuation
}

func (c continued[T]) subscribe(ctx context.Context, s Subscriber[T]) {
	c.src.subscribe(ctx, &continuedEnd[T]{hidden[T]{down: s}, c.continuation})
}

type continuedEnd[T any] struct {
	hidden[T]
	*continuation
}

func (c *continuedEnd[T]) OnError(err error) {
	if err = c.settle(err, nil); err != nil {
		c.down.OnError(err)
		return
	}
	c.down.OnComplete()
}

// resumingItems takes a value whose elements cannot be had for one without any, if
// the OnErrorContinue downstream says so.
type resumingItems[T, R any] struct {
	items[T, R]
	*continuation
	none bool
}

func (r *resumingItems[T, R]) open(v T) {
	err := try(func() { r.items.open(v) })
	if r.none = err != nil; !r.none {
		return
	}
	if end := r.settle(err, v); end != nil {
		panic(end)
	}
}

func (r *resumingItems[T, R]) more() bool { return !r.none && r.items.more() }
