package fluxtest

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/freshet-go/freshet/flux"
)

// TestPublisher is a publisher that the test drives by hand:
//
//	pub := fluxtest.Hot[int]()
//	fluxtest.Verify(t, flux.Map(pub, double)).
//		ThenDo(func() { pub.Next(1, 2) }).
//		Next(2, 4).
//		ThenDo(func() { pub.Complete() }).
//		Complete()
//	pub.AssertRequested(t, flux.Unbounded)
//
// It keeps the contract, except for the faults it was made with. Signals are
// sent by the goroutine that calls Next, Error, Complete or Emit, or by the one
// that requests what was held back. All methods are safe for concurrent use:
// each subscriber still gets its signals one after the other.
//
// Its [Timeline] shows all subscriptions. Source: reactor-test's TestPublisher.
type TestPublisher[T any] struct {
	Timeline[T]
	cold  bool
	fault Fault
	// script is what a cold publisher made of a diagram sends each subscriber, at
	// the times since its subscription.
	script []Event[T]

	mu    sync.Mutex
	feeds []*feed[T]
	// past is what a new subscriber gets: all signals where the publisher is
	// cold, else the terminal signals.
	past  []Event[T]
	ended bool
}

// Hot gives a publisher whose values go to the subscribers that are there. One
// that has not requested enough gets an error that matches [flux.ErrOverflow],
// and is a subscriber no more. After the terminal signal a new subscriber gets
// that at once.
func Hot[T any](faults ...Fault) *TestPublisher[T] { return newTestPublisher[T](false, faults) }

// Cold gives a publisher that keeps all its signals, and sends each subscriber
// all of them from the first one on, as it requests them.
func Cold[T any](faults ...Fault) *TestPublisher[T] { return newTestPublisher[T](true, faults) }

func newTestPublisher[T any](cold bool, faults []Fault) *TestPublisher[T] {
	p := &TestPublisher[T]{cold: cold}
	for _, f := range faults {
		p.fault |= f
	}
	return p
}

// Subscribe implements [flux.Publisher]. When ctx is done the subscription is
// cancelled.
func (p *TestPublisher[T]) Subscribe(ctx context.Context, s flux.Subscriber[T]) {
	if p.fault.has(PanicInSubscribe) {
		p.open()
		panic("fluxtest: the fault PanicInSubscribe")
	}
	f := &feed[T]{pub: p, down: s, n: p.open()}
	p.mu.Lock()
	f.queue = slices.Clone(p.past)
	p.feeds = append(p.feeds, f)
	p.mu.Unlock()
	switch {
	case p.fault.has(NoOnSubscribe):
	case p.fault.has(NilSubscription):
		s.OnSubscribe(nil)
	default:
		s.OnSubscribe(f)
	}
	if p.fault.has(TwoOnSubscribe) {
		s.OnSubscribe(f)
	}
	f.begin(ctx)
	f.play()
}

// Next sends the values, in this order. It returns p.
func (p *TestPublisher[T]) Next(values ...T) *TestPublisher[T] {
	p.send(nexts(values)...)
	return p
}

// Emit sends the values, then completes. It returns p.
func (p *TestPublisher[T]) Emit(values ...T) *TestPublisher[T] {
	p.send(append(nexts(values), Event[T]{Kind: Complete})...)
	return p
}

// Error ends the stream with err; for nil see [NilError]. It returns p.
func (p *TestPublisher[T]) Error(err error) *TestPublisher[T] {
	if err == nil && !p.fault.has(NilError) {
		err = fmt.Errorf("%w: Error(nil): the error must not be nil (rule 2.13)", flux.ErrInvalid)
	}
	p.send(Event[T]{Kind: Error, Err: err})
	return p
}

// Complete completes the stream. It returns p.
func (p *TestPublisher[T]) Complete() *TestPublisher[T] {
	p.send(Event[T]{Kind: Complete})
	return p
}

func nexts[T any](values []T) []Event[T] {
	es := make([]Event[T], len(values))
	for i, v := range values {
		es[i] = Event[T]{Kind: Next, Value: v}
	}
	return es
}

func (p *TestPublisher[T]) send(es ...Event[T]) {
	if p.fault.has(Concurrent) {
		p.sendTogether(es)
		return
	}
	for _, e := range es {
		for _, f := range p.admit(e) {
			f.offer(e)
		}
	}
}

// sendTogether gives each signal a goroutine and lets them go at once: the fault
// is that they meet.
func (p *TestPublisher[T]) sendTogether(es []Event[T]) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for _, e := range es {
		feeds := p.admit(e)
		all.Go(func() {
			<-start
			for _, f := range feeds {
				f.sendUnguarded(e)
			}
		})
	}
	close(start)
	all.Wait()
}

// admit notes a signal, and gives the subscribers that are to get it.
func (p *TestPublisher[T]) admit(e Event[T]) []*feed[T] {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended && !p.fault.has(AfterTerminal) {
		return nil
	}
	p.ended = p.ended || e.terminal()
	if p.cold || e.terminal() {
		p.past = append(p.past, e)
	}
	return slices.Clone(p.feeds)
}

// forget lets go of a subscriber that is served.
func (p *TestPublisher[T]) forget(f *feed[T]) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.feeds = slices.DeleteFunc(p.feeds, func(g *feed[T]) bool { return f == g })
}
