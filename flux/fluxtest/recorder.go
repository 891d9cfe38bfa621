package fluxtest

import (
	"fmt"
	"runtime"
	"sync"

	"github.com/freshet-go/freshet/flux"
)

// Recorder is a subscriber that writes down every signal with its time and
// watches the rules of the contract: it is what a [Verifier] looks through, and
// serves alone where a script does not fit (several subscribers at once, a
// subscriber that cancels in its third value). Subscribe it once:
//
//	rec := fluxtest.NewRecorder[int](2)
//	prices.Subscribe(ctx, rec)
//	fluxtest.Advance(time.Second)
//	rec.AssertValues(t, 1, 2)
//
// Request and Cancel may be called by any goroutine, before the subscription
// too, and from inside a signal. A broken rule is an event of the timeline, see
// [Timeline.AssertNoViolations].
//
// Source: reactor-test's TestSubscriber.
type Recorder[T any] struct {
	Timeline[T]
	watch   watcher
	initial int64          // as given to NewRecorder
	first   int64          // demand that waits for OnSubscribe
	each    func(v T)      // called inside each OnNext
	tap     func(Event[T]) // the verifier's: gets every signal that the contract allows
	done    chan struct{}

	mu        sync.Mutex
	sub       flux.Subscription
	cancelled bool
}

// NewRecorder gives a recorder that requests demand inside OnSubscribe, or
// nothing where demand is 0.
func NewRecorder[T any](demand int64) *Recorder[T] {
	return &Recorder[T]{initial: demand, first: demand, done: make(chan struct{})}
}

// Each has f called inside each OnNext, after the value was recorded, by the
// goroutine that sends it. f may call Request and Cancel. Set it before the
// subscription. It returns the recorder.
func (r *Recorder[T]) Each(f func(v T)) *Recorder[T] {
	r.each = f
	return r
}

// Done gives a channel that is closed at the first terminal signal.
func (r *Recorder[T]) Done() <-chan struct{} { return r.done }

// Request asks for n more values, whatever n is: a demand of 0 or less is passed
// on, to see how the publisher answers it. Before OnSubscribe it adds to the
// first request.
func (r *Recorder[T]) Request(n int64) {
	r.mu.Lock()
	if r.sub == nil {
		r.first = plus(r.first, n)
		r.mu.Unlock()
		return
	}
	sub := r.sub
	r.mu.Unlock()
	r.request(sub, n)
}

// Cancel cancels the subscription; before OnSubscribe, as soon as that is called.
func (r *Recorder[T]) Cancel() {
	r.mu.Lock()
	sub := r.sub
	again := r.cancelled
	r.cancelled = true
	r.mu.Unlock()
	if sub == nil || again {
		return
	}
	r.cancel(sub)
}

// OnSubscribe implements [flux.Subscriber].
func (r *Recorder[T]) OnSubscribe(s flux.Subscription) {
	r.record(Event[T]{Kind: Subscribe, Sub: 1})
	if broken := r.watch.subscribed(s); broken != nil {
		r.violated(broken)
		if s != nil {
			r.guard("3.15", "Cancel", s.Cancel) // rule 2.5: one subscription is enough
		}
		return
	}
	r.mu.Lock()
	r.sub = s
	n, cancelled := r.first, r.cancelled
	r.mu.Unlock()
	if cancelled {
		r.cancel(s)
		return
	}
	if n != 0 {
		r.request(s, n)
	}
}

// OnNext implements [flux.Subscriber].
func (r *Recorder[T]) OnNext(v T) {
	r.signal(Event[T]{Kind: Next, Sub: 1, Value: v})
}

// OnError implements [flux.Subscriber].
func (r *Recorder[T]) OnError(err error) {
	r.signal(Event[T]{Kind: Error, Sub: 1, Err: err})
}

// OnComplete implements [flux.Subscriber].
func (r *Recorder[T]) OnComplete() {
	r.signal(Event[T]{Kind: Complete, Sub: 1})
}

func (r *Recorder[T]) signal(e Event[T]) {
	broken, late := r.watch.enter(e.Kind, e.Kind == Error && e.Err == nil)
	defer r.watch.leave()
	e, _ = r.record(e)
	for _, v := range broken {
		r.violated(v)
	}
	// A signal that does not wait for the one before it would mostly slip
	// through before or after it; giving way here lets the two meet.
	runtime.Gosched()
	if e.terminal() && !late {
		close(r.done)
	}
	if e.Kind == Next && r.each != nil {
		r.each(e.Value)
	}
	if r.tap != nil && !late {
		r.tap(e)
	}
}

func (r *Recorder[T]) violated(v *Violation) { r.record(Event[T]{Kind: Violated, Sub: 1, Err: v}) }

func (r *Recorder[T]) request(s flux.Subscription, n int64) {
	r.record(Event[T]{Kind: Request, Sub: 1, N: n})
	// Counted also when it is not recorded because a cancel came first: the two
	// may have passed each other on their way up.
	done := r.watch.requesting(n)
	defer done()
	r.guard("3.16", fmt.Sprintf("Request(%d)", n), func() { s.Request(n) })
}

func (r *Recorder[T]) cancel(s flux.Subscription) {
	r.record(Event[T]{Kind: Cancel, Sub: 1})
	r.guard("3.15", "Cancel", s.Cancel)
}

// guard makes a panic of the publisher, inside a call to it, a broken rule.
func (r *Recorder[T]) guard(rule, call string, f func()) {
	defer func() {
		if p := recover(); p != nil {
			r.violated(&Violation{rule, fmt.Sprintf("%s panicked: %v", call, p)})
		}
	}()
	f()
}

// hooks gives hooks that write to the timeline.
func (r *Recorder[T]) hooks() flux.Hooks {
	return flux.Hooks{
		ErrorDropped: func(err error) { r.record(Event[T]{Kind: ErrorDropped, Sub: 1, Err: err}) },
		NextDropped:  func(v any) { r.record(Event[T]{Kind: NextDropped, Sub: 1, Lost: v}) },
		Discarded:    func(v any) { r.record(Event[T]{Kind: Discarded, Sub: 1, Lost: v}) },
	}
}
