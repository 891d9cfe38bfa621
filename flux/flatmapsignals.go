package flux

import "context"

// FlatMapSignals is [FlatMap] with a publisher for the end as well: onNext maps
// each value, onError the error in the place of which its publisher comes, and
// onComplete the completion. A nil onError passes the error on, a nil onComplete
// adds nothing. The defaults are Concurrency(32) and Prefetch(32). The functions
// are called by the goroutine that sends the signal; the panic of one is the
// error of the stream, which onError does not see.
//
// Source: Reactor's Flux.flatMap(Function, Function, Supplier).
func FlatMapSignals[T, R any, P Publisher[R]](
	src Publisher[T], onNext func(T) P, onError func(error) P, onComplete func() P, o ...MergeOption,
) Flux[R] {
	if onNext == nil {
		return Error[R](invalid("FlatMapSignals: onNext must not be nil"))
	}
	main := sourceOf(src)
	publishers := sourceFunc[P](func(ctx context.Context, s Subscriber[P]) {
		main.subscribe(ctx, &mapSignals[T, P]{
			relay: newRelay(s), ctx: ctx, onNext: onNext, onError: onError, onComplete: onComplete,
		})
	})
	o = append([]MergeOption{Concurrency(defaultPrefetch)}, o...)
	return mergeSource(publishers, sourceFrom[R, P], mergeOptions(o))
}

// mapSignals maps values, and the end to one value more, which waits for demand.
//
// INVARIANTS: running is true while a user function executes. The arbiter passes
// what the source left of the demand on to the last value.
type mapSignals[T, P any] struct {
	relay[P]
	ctx        context.Context
	onNext     func(T) P
	onError    func(error) P
	onComplete func() P
	running    bool
	done       bool
}

func (m *mapSignals[T, P]) OnSubscribe(s Subscription) {
	m.down.OnSubscribe(&m.relay)
	m.set(s)
}

func (m *mapSignals[T, P]) OnNext(v T) {
	if m.done {
		dropNext(m.ctx, v)
		return
	}
	m.running = true
	p := m.onNext(v)
	m.running = false
	m.relay.OnNext(p)
}

func (m *mapSignals[T, P]) OnError(err error) {
	switch {
	case m.isCancelled():
		dropError(m.ctx, err)
		return
	case m.done || m.onError == nil:
		m.fail(err)
		return
	}
	m.last(func() P { return m.onError(err) })
}

func (m *mapSignals[T, P]) OnComplete() {
	switch {
	case m.done:
	case m.onComplete == nil:
		m.done = true
		m.down.OnComplete()
	default:
		m.last(m.onComplete)
	}
}

// last goes on with the publisher that stands for the end.
func (m *mapSignals[T, P]) last(f func() P) {
	var p P
	if err := try(func() { p = f() }); err != nil {
		m.fail(err)
		return
	}
	m.done = true
	justSource[P]{&p}.subscribe(m.ctx, &m.relay)
}

func (m *mapSignals[T, P]) fail(err error) {
	if m.done {
		dropError(m.ctx, err)
		return
	}
	m.done = true
	m.down.OnError(err)
}

func (m *mapSignals[T, P]) TakePanic(p error) bool {
	if !m.running {
		return handPanic(m.down, p, m)
	}
	m.running = false
	m.drop()
	m.fail(p)
	return true
}
