package rules

import (
	"errors"
	"runtime"
	"sync"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

// publisherRules gives rules 1.1 to 1.11 and the part of the others that binds a
// publisher.
func publisherRules[T any](c Config[T]) []rule { return rulesOf(c, false) }

func rulesOf[T any](c Config[T], operator bool) []rule {
	test := func(number, sentence string, judge func(x *trial[T]) error) rule {
		return rule{number: number, sentence: sentence, judge: judged(c, operator, judge)}
	}
	untestable := func(number, sentence, why string) rule { return rule{number: number, sentence: sentence, why: why} }
	return append([]rule{
		test("1.1", "no more values than were requested", judge101),
		test("1.2", "the stream may end before the demand is used up", judge102),
		test("1.3", "signals come one after the other", judge103),
		test("1.4", "a failure is signalled by OnError", judge104),
		test("1.5", "the end is signalled by OnComplete", judge105),
		test("1.6", "after the end the subscription is as good as cancelled", judge106),
		test("1.7", "nothing follows the end", judge107),
		test("1.8", "a subscriber that has cancelled is left alone", judge108),
		test("1.9", "Subscribe returns, and OnSubscribe is the first signal", judge109),
		untestable("1.10", "a subscriber is subscribed once", "it binds the caller of Subscribe"),
		test("1.11", "each subscriber has signals of its own", judge111),
		test("2.12", "OnSubscribe comes once", judge212),
	}, subscriptionRules(c, operator)...)
}

func judge101[T any](x *trial[T]) error {
	greedy := func(first int64, each int64) error {
		rec := x.recorder(first)
		rec.Each(func(T) {
			if each > 0 {
				rec.Request(each)
			}
		})
		if err := x.subscribe(x.of(20), rec); err != nil {
			return err
		}
		x.settle()
		for range 3 {
			rec.Request(1)
			x.settle()
		}
		return keeps("1.1", rec)
	}
	return firstOf(greedy(0, 0), greedy(1, 0), greedy(3, 0), greedy(1, 1), x.crowd("1.1"))
}

// crowd has several goroutines request at once.
func (x *trial[T]) crowd(number string) error {
	rec := x.recorder(0)
	rec.Each(func(T) {
		for range 3 {
			runtime.Gosched() // so that a signal which does not wait meets this one
		}
	})
	if err := x.subscribe(x.of(60), rec); err != nil {
		return err
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 10 {
				rec.Request(1)
				runtime.Gosched()
			}
		})
	}
	all.Wait()
	x.settle()
	return keeps(number, rec)
}

func judge102[T any](x *trial[T]) error {
	if x.Traits.has(Endless) {
		return moot("the publisher has the trait Endless")
	}
	n, err := x.count(3)
	if err != nil {
		return err
	}
	rec, err := x.on(x.of(3), int64(n)+5)
	if err != nil {
		return err
	}
	if _, ended := rec.Terminal(); !ended {
		return faulty("the stream of %d values does not end with a demand of %d\n%s", n, n+5, rec)
	}
	return nil
}

func judge103[T any](x *trial[T]) error {
	rec := x.recorder(flux.Unbounded)
	rec.Each(func(T) { runtime.Gosched() })
	if err := x.subscribe(x.of(50), rec); err != nil {
		return err
	}
	x.settle()
	return firstOf(keeps("1.3", rec), x.crowd("1.3"))
}

var errFailing = errors.New("rules: the publisher is to fail")

func judge104[T any](x *trial[T]) error {
	if x.Failing == nil {
		return moot("Config.Failing is nil")
	}
	if x.Traits.has(Swallows) {
		return moot("the operator has the trait Swallows")
	}
	rec, err := x.on(x.Failing(errFailing), flux.Unbounded)
	if err != nil {
		return err
	}
	if e, ended := rec.Terminal(); !ended || e.Kind != fluxtest.Error {
		return faulty("the publisher that fails does not call OnError\n%s", rec)
	}
	return nil
}

func judge105[T any](x *trial[T]) error {
	if x.Traits.has(Endless) {
		return moot("the publisher has the trait Endless")
	}
	for _, n := range []int{0, 1, 3} {
		rec, err := x.on(x.of(n), flux.Unbounded)
		if err != nil {
			return err
		}
		e, ended := rec.Terminal()
		if !ended || e.Kind == fluxtest.Error && !x.answers {
			return faulty("the publisher of %d values does not call OnComplete\n%s", n, rec)
		}
	}
	return nil
}

// ended gives recorders that have got all, the terminal signal included.
func (x *trial[T]) ended() ([]*fluxtest.Recorder[T], error) {
	var recs []*fluxtest.Recorder[T]
	add := func(p flux.Publisher[T]) error {
		rec, err := x.on(p, flux.Unbounded)
		if _, ended := rec.Terminal(); ended {
			recs = append(recs, rec)
		}
		return err
	}
	err := firstOf(add(x.of(0)), add(x.of(3)))
	if x.Failing != nil && err == nil {
		err = add(x.Failing(errFailing))
	}
	if err == nil && len(recs) == 0 {
		err = moot("not judged, since the stream does not end")
	}
	return recs, err
}

func judge106[T any](x *trial[T]) error {
	idle := func(p flux.Publisher[T]) error {
		s := &raw[T]{}
		if err := s.to(x, p, flux.Unbounded); err != nil {
			return err
		}
		x.settle()
		if before := s.signals(); s.ended() {
			for _, n := range []int64{1, 0, -1, flux.Unbounded} {
				s.up.Request(n)
			}
			s.up.Cancel()
			x.settle()
			if s.signals() != before {
				return faulty("Request and Cancel after the end brought signals: %v", s.texts())
			}
		}
		return nil
	}
	err := firstOf(idle(x.of(0)), idle(x.of(3)))
	if x.Failing != nil {
		err = firstOf(err, idle(x.Failing(errFailing)))
	}
	return err
}

func judge107[T any](x *trial[T]) error {
	recs, err := x.ended()
	return firstOf(keeps("1.7", recs...), err)
}

func judge108[T any](x *trial[T]) error {
	quiet := func(demand int64, cancel func(rec *fluxtest.Recorder[T])) error {
		rec := x.recorder(demand)
		rec.Each(func(T) {
			if demand == flux.Unbounded {
				rec.Cancel()
			}
		})
		if err := x.subscribe(x.of(20), rec); err != nil {
			return err
		}
		cancel(rec)
		fluxtest.Advance(0) // signals that were under way
		before := signals(rec)
		x.settle()
		if signals(rec) > before {
			return faulty("signals came after the cancel, when all was at rest\n%s", rec)
		}
		return nil
	}
	now := func(rec *fluxtest.Recorder[T]) { rec.Cancel() }
	soon := func(*fluxtest.Recorder[T]) { x.settle() }
	return firstOf(quiet(1, now), quiet(15, now), quiet(flux.Unbounded, soon), quiet(0, now))
}

func judge109[T any](x *trial[T]) error {
	for _, n := range []int{0, 1, 20} {
		for _, demand := range []int64{0, 1, flux.Unbounded} {
			rec := x.recorder(demand)
			if err := subscribeNormally(x.ctx, x.of(n), rec); err != nil {
				return err
			}
			x.settle()
			if err := keeps("1.9", rec); err != nil {
				return err
			}
		}
	}
	return nil
}

func judge111[T any](x *trial[T]) error {
	p := x.of(10)
	a, b := x.recorder(2), x.recorder(flux.Unbounded)
	if err := x.subscribe(p, a); err != nil {
		return err
	}
	if err := subscribeNormally(x.ctx, p, b); err != nil {
		return faulty("a second subscriber: %v", err)
	}
	x.settle()
	if x.Traits.has(Unicast) {
		if e, ended := b.Terminal(); !ended || e.Kind != fluxtest.Error {
			return faulty("the second subscriber of a publisher for one gets no error\n%s", b)
		}
		return nil
	}
	a.Request(flux.Unbounded)
	x.settle()
	if len(a.Of(fluxtest.Next)) > 0 && signals(b) == 0 {
		return faulty("a second subscriber gets nothing\n%s", b)
	}
	for _, rec := range []*fluxtest.Recorder[T]{a, b} {
		if vs := rec.Violations(); len(vs) > 0 && x.alone() {
			return faulty("with two subscribers %v\n%s", vs[0], rec)
		}
	}
	return nil
}

// alone reports whether one subscriber sees no broken rule, so that one which
// two see comes from there being two.
func (x *trial[T]) alone() bool {
	for _, demand := range []int64{2, flux.Unbounded} {
		rec, err := x.on(x.of(10), demand)
		rec.Request(flux.Unbounded)
		x.settle()
		if err != nil || len(rec.Violations()) > 0 {
			return false
		}
	}
	return true
}

func judge212[T any](x *trial[T]) error {
	for _, n := range []int{0, 5} {
		rec := x.recorder(flux.Unbounded)
		err := x.subscribe(x.of(n), rec)
		x.settle()
		if err := firstOf(keeps("2.12", rec), err); err != nil {
			return err
		}
	}
	return nil
}
