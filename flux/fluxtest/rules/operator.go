package rules

import (
	"context"
	"errors"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

type build = func(src flux.Publisher[int]) flux.Publisher[int]

// kinds are the sources that an operator is tried over.
var kinds = []struct {
	name string
	make func(n int, err error) flux.Publisher[int]
}{
	{"a source that sends inside Request", func(n int, err error) flux.Publisher[int] { return &source{n: n, err: err} }},
	{"a source on a goroutine", func(n int, err error) flux.Publisher[int] { return &source{n: n, err: err, spawn: true} }},
	{"a Flux", func(n int, err error) flux.Publisher[int] {
		if err != nil {
			return flux.Range(1, n).ConcatWith(flux.Error[int](err))
		}
		return flux.Range(1, n)
	}},
}

// operatorRules gives all rules for an operator.
func operatorRules(op build, traits ...Trait) []rule {
	all := Trait(0)
	for _, t := range traits {
		all |= t
	}
	most := 0
	if all.has(Single) {
		most = 1
	}
	var rules []rule
	var over [][]rule
	for _, kind := range kinds {
		over = append(over, rulesOf(Config[int]{
			Of:      func(n int) flux.Publisher[int] { return op(kind.make(n, nil)) },
			Failing: func(err error) flux.Publisher[int] { return op(kind.make(0, err)) },
			Most:    most,
			Traits:  all,
		}, true))
	}
	for i, r := range over[0] {
		if r.number == "2.12" {
			rules = append(rules, subscriberRules(op, all)...)
		}
		if r.judge != nil {
			r.judge = overAll(i, over)
		}
		rules = append(rules, r)
	}
	return rules
}

// overAll judges the rule at i over each kind of source.
func overAll(i int, over [][]rule) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		var first error
		for k, rules := range over {
			err := rules[i].judge(ctx)
			if _, weak := errors.AsType[*inconclusive](err); err != nil && !weak {
				return faulty("over %s: %w", kinds[k].name, err)
			}
			first = firstOf(first, err)
		}
		return first
	}
}

// subscriberRules gives rules 2.1 to 2.11, which bind the subscriber that an
// operator is to its source.
func subscriberRules(op build, traits Trait) []rule {
	c := Config[int]{Of: func(int) flux.Publisher[int] { return nil }, Traits: traits}
	test := func(number, sentence string, judge func(x *trial[int], op build) error) rule {
		return rule{number: number, sentence: sentence, judge: judged(c, true, func(x *trial[int]) error { return judge(x, op) })}
	}
	untestable := func(number, sentence, why string) rule { return rule{number: number, sentence: sentence, why: why} }
	return []rule{
		test("2.1", "values are requested", judge201),
		untestable("2.2", "slow work does not hold up the source", "it is advice"),
		test("2.3", "OnError and OnComplete do not use the subscription", judge203),
		untestable("2.4", "after the end the subscription is not used", "to use it is harmless by rules 3.6 and 3.7"),
		test("2.5", "a second subscription is cancelled", judge205),
		test("2.6", "a source that is no longer needed is cancelled", judge206),
		untestable("2.7", "Request and Cancel are called one after the other",
			"the contract of package flux has them called by any goroutine"),
		test("2.8", "values that come after a cancel do no harm", judge208),
		test("2.9", "OnComplete may come without a Request", judge209),
		test("2.10", "OnError may come without a Request", judge210),
		untestable("2.11", "signals are seen before they are worked on", "go test -race sees it"),
	}
}

// over subscribes a recorder to the operator over a source, and gives the
// source's subscriptions.
func (x *trial[T]) over(op func(src flux.Publisher[int]) flux.Publisher[T], src *source, demand int64) (*fluxtest.Recorder[T], []*feed, error) {
	rec, err := x.on(op(src), demand)
	if err == nil && len(src.all()) == 0 {
		err = moot("not judged, since the operator does not subscribe to its source")
	}
	return rec, src.all(), err
}

func judge201(x *trial[int], op build) error {
	rec, feeds, err := x.over(op, &source{silent: true}, flux.Unbounded)
	if err != nil {
		return err
	}
	for _, f := range feeds {
		if n, cancelled, _, _ := f.state(); n == 0 && !cancelled {
			return faulty("nothing is requested of the source, and the subscriber has requested all\n%s", rec)
		}
	}
	return nil
}

func judge203(x *trial[int], op build) error {
	for _, err := range []error{nil, errFailing} {
		for _, demand := range []int64{1, flux.Unbounded} {
			src := &source{n: 3, err: err}
			rec, feeds, err := x.over(op, src, demand)
			if err != nil {
				return err
			}
			rec.Request(flux.Unbounded)
			x.settle()
			for _, f := range feeds {
				if _, _, _, called := f.state(); called != "" {
					return faulty("%s was called on the source inside its terminal signal", called)
				}
			}
		}
	}
	return nil
}

func judge205(x *trial[int], op build) error {
	_, feeds, err := x.over(op, &source{silent: true, twice: true}, flux.Unbounded)
	if err != nil {
		return err
	}
	f := feeds[0]
	f.second.mu.Lock()
	defer f.second.mu.Unlock()
	if _, first, _, _ := f.state(); !f.second.cancelled || first && !x.Traits.has(Detached) {
		return faulty("of two subscriptions, cancelled are: the first one: %t, the second one: %t", first, f.second.cancelled)
	}
	return nil
}

func judge206(x *trial[int], op build) error {
	if x.Traits.has(Detached) {
		return moot("the operator has the trait Detached")
	}
	for _, demand := range []int64{0, 1, flux.Unbounded} {
		rec, feeds, err := x.over(op, &source{silent: true}, demand)
		if err != nil {
			return err
		}
		rec.Cancel()
		x.settle()
		for _, f := range feeds {
			if _, cancelled, _, _ := f.state(); !cancelled {
				return faulty("the source is not cancelled when the subscriber cancels, having requested %d", demand)
			}
		}
	}
	return nil
}

func judge208(x *trial[int], op build) error {
	rec, feeds, err := x.over(op, &source{silent: true}, 3)
	if err != nil {
		return err
	}
	rec.Cancel()
	for _, f := range feeds {
		if p := panics(func() { f.next(1); f.end(nil) }); p != nil {
			return faulty("a value and the end after a cancel panicked: %v", p)
		}
	}
	x.settle()
	for _, number := range []string{"1.1", "1.3", "1.7"} {
		if err := keeps(number, rec); err != nil {
			return faulty("a value and the end after a cancel make the operator break rule %s: %w", number, err)
		}
	}
	return nil
}

func judge209(x *trial[int], op build) error { return x.endsUnasked(op, nil) }

func judge210(x *trial[int], op build) error { return x.endsUnasked(op, errFailing) }

// endsUnasked has the source end before anything was requested.
func (x *trial[T]) endsUnasked(op func(src flux.Publisher[int]) flux.Publisher[T], end error) error {
	rec, feeds, err := x.over(op, &source{silent: true}, 0)
	if err != nil {
		return err
	}
	if p := panics(func() { feeds[0].end(end) }); p != nil {
		return faulty("the end that came before a Request panicked: %v", p)
	}
	x.settle()
	rec.Request(flux.Unbounded)
	x.settle()
	if _, ended := rec.Terminal(); !ended && !x.Traits.has(Endless) && len(feeds[0].src.all()) == 1 {
		return faulty("the end that came before a Request is lost\n%s", rec)
	}
	return nil
}
