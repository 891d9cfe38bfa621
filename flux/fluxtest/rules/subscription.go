package rules

import (
	"errors"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"weak"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

// subscriptionRules gives rules 3.1 to 3.17, and 2.13 as far as it binds a
// publisher.
func subscriptionRules[T any](c Config[T], operator bool) []rule {
	test := func(number, sentence string, judge func(x *trial[T]) error) rule {
		return rule{number: number, sentence: sentence, judge: judged(c, operator, judge)}
	}
	untestable := func(number, sentence, why string) rule { return rule{number: number, sentence: sentence, why: why} }
	return []rule{
		test("2.13", "no signal carries nil where something must be", judge213),
		untestable("3.1", "Request and Cancel are called by the subscriber",
			"it binds the subscriber, and the contract of package flux allows any goroutine"),
		test("3.2", "Request may be called inside OnSubscribe and OnNext", judge302),
		test("3.3", "Request inside OnNext does not recurse", judge303),
		untestable("3.4", "Request does not take long", "it is advice, and a synchronous publisher works inside Request"),
		test("3.5", "Cancel does not wait", judge305),
		test("3.6", "Request after a cancel does nothing", judge306),
		test("3.7", "a second Cancel does nothing", judge307),
		test("3.8", "each Request adds to the demand", judge308),
		test("3.9", "a demand of 0 or less is an error", judge309),
		untestable("3.10", "Request may send values before it returns", "it is a permission"),
		untestable("3.11", "Request may end the stream before it returns", "it is a permission"),
		test("3.12", "Cancel stops the publisher", judge312),
		test("3.13", "Cancel lets the subscriber go", judge313),
		untestable("3.14", "Cancel may shut the publisher down", "it is a permission"),
		test("3.15", "Cancel does not panic", judge315),
		test("3.16", "Request does not panic", judge316),
		test("3.17", "the demand is unbounded from 2^63-1 on", judge317),
	}
}

func judge213[T any](x *trial[T]) error {
	_, err := x.ended()
	for _, rec := range x.recs { // also one that was given a nil subscription
		if err := keeps("2.13", rec); err != nil {
			return err
		}
	}
	return err
}

// stepwise has the subscriber request one value inside each.
func (x *trial[T]) stepwise(n int) (*fluxtest.Recorder[T], error) {
	rec := x.recorder(1)
	rec.Each(func(T) { rec.Request(1) })
	if err := x.subscribe(x.of(n), rec); err != nil {
		return nil, err
	}
	x.settle()
	return rec, nil
}

func judge302[T any](x *trial[T]) error {
	n, err := x.count(5)
	if err != nil {
		return err
	}
	rec, err := x.stepwise(5)
	if err != nil {
		return err
	}
	if got := len(rec.Values()); got != n && !x.Traits.has(Sheds) {
		return faulty("%d of %d values come when one is requested inside each\n%s", got, n, rec)
	}
	return nil
}

func judge303[T any](x *trial[T]) error {
	rec, err := x.stepwise(200)
	if err != nil {
		return err
	}
	if err := keeps("1.3", rec); err != nil {
		return moot("not judged, since rule 1.3 is broken: signals that meet cannot be told from a recursion")
	}
	return keeps("3.3", rec)
}

func judge305[T any](x *trial[T]) error {
	for _, demand := range []int64{0, 1, flux.Unbounded} {
		rec := x.recorder(demand)
		if err := x.subscribe(x.of(20), rec); err != nil {
			return err
		}
		// A goroutine of its own, because a Cancel that waits may wait for ever.
		done := make(chan time.Duration, 1)
		go func() {
			start := time.Now()
			rec.Cancel()
			done <- time.Since(start)
		}()
		x.settle()
		select {
		case took := <-done:
			if took > 0 {
				return faulty("Cancel returned after %v", took)
			}
		default:
			return faulty("Cancel has not returned after %v", x.Patience)
		}
	}
	return nil
}

func judge306[T any](x *trial[T]) error {
	for _, open := range []int64{0, 1, 3} {
		s := &raw[T]{}
		if err := s.to(x, x.of(20), open); err != nil {
			return err
		}
		s.up.Cancel()
		x.settle()
		before := s.signals()
		for _, n := range []int64{1, 5, 0, -1, flux.Unbounded} {
			s.up.Request(n)
		}
		x.settle()
		if s.signals() > before {
			return faulty("Request after Cancel brought signals: %v", s.texts()[before:])
		}
	}
	return nil
}

func judge307[T any](x *trial[T]) error {
	for _, open := range []int64{0, 3} {
		s := &raw[T]{}
		if err := s.to(x, x.of(20), open); err != nil {
			return err
		}
		s.up.Cancel()
		x.settle()
		before, first := s.signals(), s.panicked.Swap(nil)
		s.up.Cancel()
		var all sync.WaitGroup
		for range 4 {
			all.Go(s.up.Cancel)
		}
		all.Wait()
		x.settle()
		if again := s.panicked.Load(); again != nil && first == nil {
			return faulty("the second Cancel panicked: %v", *again)
		}
		if s.signals() > before {
			return faulty("the second Cancel brought signals: %v", s.texts()[before:])
		}
	}
	return nil
}

func judge308[T any](x *trial[T]) error {
	n, err := x.count(10)
	if err != nil {
		return err
	}
	rec, err := x.on(x.of(10), 0)
	if err != nil {
		return err
	}
	sum := 0
	for _, ns := range [][]int64{{2, 3}, {1}, {1, 1}} {
		for _, more := range ns {
			rec.Request(more)
			sum += int(more)
		}
		x.settle()
		if got := len(rec.Values()); got < min(sum, n) && !x.Traits.has(Sheds) {
			return faulty("of %d values %d came when %d had been requested\n%s", n, got, sum, rec)
		}
	}
	return x.inside(10, min(n, 6), 2, 3)
}

// inside makes several requests inside the first OnNext, where a synchronous
// publisher cannot use up one before the next; at least least values must come.
func (x *trial[T]) inside(n, least int, more ...int64) error {
	rec := x.recorder(1)
	var again atomic.Bool // a publisher that is broken may send on two goroutines
	rec.Each(func(T) {
		if again.Swap(true) {
			return
		}
		for _, m := range more {
			rec.Request(m)
		}
	})
	if err := x.subscribe(x.of(n), rec); err != nil {
		return err
	}
	x.settle()
	if got := len(rec.Values()); got < least && !x.Traits.has(Sheds) {
		if one, err := x.stepwise(2); err != nil || len(one.Values()) == 1 {
			return moot("not judged, since rule 3.2 is broken")
		}
		return faulty("%d values came when %v had been requested inside the first one\n%s", got, more, rec)
	}
	return nil
}

func judge309[T any](x *trial[T]) error {
	if x.Traits.has(Swallows) {
		return moot("the operator has the trait Swallows, and this error may be its source's")
	}
	for _, bad := range []int64{0, -1, math.MinInt64} {
		for _, open := range []int64{0, 1} {
			rec, err := x.on(x.of(20), open)
			if err != nil {
				return err
			}
			if _, ended := rec.Terminal(); ended {
				continue // an operator that needs no more than that
			}
			rec.Request(bad)
			x.settle()
			e, ended := rec.Terminal()
			if !ended || !errors.Is(e.Err, flux.ErrBadRequest) {
				return faulty("Request(%d) with a demand of %d is not answered with an error that matches flux.ErrBadRequest\n%s", bad, open, rec)
			}
		}
	}
	return nil
}

func judge312[T any](x *trial[T]) error {
	if err := x.atLeast(10); err != nil {
		return err
	}
	n, err := x.count(1000)
	if err != nil {
		return err
	}
	if n < 10 {
		return moot("not judged, since there are no more than %d values", n)
	}
	rec := x.recorder(flux.Unbounded)
	rec.Each(func(T) { rec.Cancel() })
	if err := x.subscribe(x.of(1000), rec); err != nil {
		return err
	}
	x.settle()
	if got := len(rec.Values()); got == n {
		return faulty("all %d values came, although the first one was answered with Cancel", n)
	}
	return nil
}

func judge313[T any](x *trial[T]) error {
	for _, open := range []int64{0, 1} {
		p := x.of(20)
		held, err := x.cancelled(p, open)
		if err != nil {
			return err
		}
		for range 10 {
			runtime.GC()
			if held.Value() == nil {
				break
			}
			fluxtest.Advance(0) // the goroutine of a cleanup may have been at work
		}
		if held.Value() != nil {
			return faulty("the publisher still holds its subscriber after Cancel, with %d of its values requested", open)
		}
		runtime.KeepAlive(p)
	}
	return nil
}

// cancelled subscribes, cancels and gives a hold on the subscriber that keeps
// nothing alive. All of it happens on a goroutine that ends, so that no stack keeps it.
func (x *trial[T]) cancelled(p flux.Publisher[T], open int64) (held weak.Pointer[raw[T]], err error) {
	var all sync.WaitGroup
	all.Go(func() {
		s := &raw[T]{}
		held = weak.Make(s)
		if err = s.to(x, p, open); err == nil {
			x.settle()
			s.up.Cancel()
			x.settle()
		}
	})
	all.Wait()
	return held, err
}

func judge315[T any](x *trial[T]) error {
	for _, open := range []int64{0, 1, flux.Unbounded} {
		rec := x.recorder(open)
		if err := x.subscribe(x.of(20), rec); err != nil {
			return err
		}
		rec.Cancel()
		x.settle()
		if err := keeps("3.15", rec); err != nil {
			return err
		}
	}
	return nil
}

func judge316[T any](x *trial[T]) error {
	for _, ns := range [][]int64{{1, 1}, {flux.Unbounded, 1}, {-1, -1, 0}, {100, 100}} {
		rec, err := x.on(x.of(5), 0)
		if err != nil {
			return err
		}
		for _, n := range ns {
			rec.Request(n)
			x.settle()
		}
		if err := keeps("3.16", rec); err != nil {
			return err
		}
	}
	return nil
}

func judge317[T any](x *trial[T]) error {
	n, err := x.count(10)
	if err != nil {
		return err
	}
	for _, ns := range [][]int64{
		{flux.Unbounded, flux.Unbounded, 1},
		{1, flux.Unbounded},
		{math.MaxInt64 - 1, math.MaxInt64 - 1},
		{1, math.MaxInt64 / 2, math.MaxInt64 / 2, math.MaxInt64 / 2},
	} {
		rec, err := x.on(x.of(10), 0)
		if err != nil {
			return err
		}
		for _, more := range ns {
			rec.Request(more)
		}
		x.settle()
		if got := len(rec.Values()); got < n && !x.Traits.has(Sheds) {
			return faulty("of %d values %d came when %v had been requested\n%s", n, got, ns, rec)
		}
	}
	if err := x.inside(10, n, flux.Unbounded, flux.Unbounded); err != nil {
		return err
	}
	rec, err := x.on(x.of(10), 0)
	if err != nil {
		return err
	}
	for range 1000 {
		rec.Request(1)
	}
	x.settle()
	if got := len(rec.Values()); got < n && !x.Traits.has(Sheds) {
		return faulty("of %d values %d came after 1000 calls of Request(1)\n%s", n, got, rec)
	}
	return nil
}
