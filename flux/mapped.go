package flux

import (
	"context"

	"github.com/freshet-go/freshet/internal/inside"
)

// mapped is Map's stage of a run. Runs are made of little else than Map and
// Filter, and a call is most of what such a stage costs a value, so two are saved:
// a Filter right below is one function with it, and a Map that ends its run hands
// over to the subscriber itself. Below an OnErrorContinue, which has to know whose
// function failed for which value, they are the stages that they would be otherwise.
type mapped[T, R any] struct {
	linearSource[T, R]
	f func(T) R
}

func newMapped[T, R any](src source[T], f func(T) R) Flux[R] {
	return Flux[R]{&mapped[T, R]{*linearStage(src, mapWire(f), true), f}}
}

func (m *mapped[T, R]) subscribe(ctx context.Context, s Subscriber[R]) {
	if _, ok := s.(inside.Conditional[R]); ok || continuing(ctx) != nil {
		m.linearSource.subscribe(ctx, s)
		return
	}
	r := m.head()
	m.start(r, mapInto(r.state().into(ctx, s), m.f, s))
}

func (m *mapped[T, R]) filtered(keep func(R) bool) fusable[R] {
	return linearStage(m.src, mapFilterWire(m.f, keep), true)
}

func newFiltered[T any](src source[T], keep func(T) bool) Flux[T] {
	stage := linearStage(src, filterWire(keep), true)
	if m, ok := src.(interface {
		filtered(keep func(T) bool) fusable[T]
	}); ok {
		stage.both = m.filtered(keep)
	}
	return Flux[T]{stage}
}

func mapWire[T, R any](f func(T) R) wire[T, R] {
	return func(_ *stage, next func(R) bool) func(T) bool {
		return func(v T) bool { return next(f(v)) }
	}
}

// mapInto is mapWire and below in one.
func mapInto[T, R any](st *stage, f func(T) R, s Subscriber[R]) func(T) bool {
	return func(v T) bool {
		result := f(v)
		st.below = true
		s.OnNext(result)
		st.below = false
		return true
	}
}

// Like mapFilterWire it must not be inlined: the compiler does not inline the calls
// of a closure that came along with its maker, and letGo is one.
//
//go:noinline
func filterWire[T any](keep func(T) bool) wire[T, T] {
	return func(st *stage, next func(T) bool) func(T) bool {
		return func(v T) bool {
			if !keep(v) {
				letGo(st, v)
				return false
			}
			return next(v)
		}
	}
}

// mapFilterWire is both in one.
//
//go:noinline
func mapFilterWire[T, R any](f func(T) R, keep func(R) bool) wire[T, R] {
	return func(st *stage, next func(R) bool) func(T) bool {
		return func(v T) bool {
			result := f(v)
			if !keep(result) {
				letGo(st, result)
				return false
			}
			return next(result)
		}
	}
}
