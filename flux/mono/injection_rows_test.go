package mono_test

import (
	"context"
	"maps"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/mono"
)

// injections are the user functions of Mono's operators, by name.
func injections() map[string]injected {
	all := map[string]injected{}
	for _, family := range []map[string]injected{methodFuncs(), watcherFuncs(), makerFuncs(), changerFuncs(), steeringFuncs()} {
		maps.Copy(all, family)
	}
	return all
}

func fails() one { return mono.Error[int](flux.ErrTimeout).Hide() }

func methodFuncs() map[string]injected {
	return map[string]injected{
		"Filter": {with: func(m one, i *injection) one { return m.Filter(func(int) bool { i.at(); return true }) }},
		"RepeatIf": {with: func(m one, i *injection) one {
			return mono.FromDirect(m.IgnoreElement().RepeatIf(func() bool { i.at(); return false }))
		}},
		"CacheBy": {with: func(m one, i *injection) one {
			return m.CacheBy(func(flux.Signal[int]) time.Duration { i.at(); return time.Second })
		}},
		"CacheInvalidateIf": {with: func(m one, i *injection) one {
			kept := m.CacheInvalidateIf(func(int) bool { i.at(); return false })
			return mono.Then(kept, kept)
		}},
		"OnErrorResume": {src: fails, with: func(m one, i *injection) one {
			return m.OnErrorResume(func(error) pub { return i.or(just(2)) })
		}},
		"OnErrorMap": {src: fails, with: func(m one, i *injection) one {
			return m.OnErrorMap(func(err error) error {
				if other := i.fail(); other != nil {
					return other
				}
				return err
			})
		}},
		"OnErrorCompleteIf": {src: fails, with: func(m one, i *injection) one {
			return m.OnErrorCompleteIf(func(error) bool { i.at(); return true })
		}},
	}
}

func watcherFuncs() map[string]injected {
	return map[string]injected{
		"DoOnNext":      {with: func(m one, i *injection) one { return m.DoOnNext(func(int) { i.at() }) }},
		"DoOnError":     {src: fails, with: func(m one, i *injection) one { return m.DoOnError(func(error) { i.at() }) }},
		"DoOnSubscribe": {with: func(m one, i *injection) one { return m.DoOnSubscribe(i.at) }},
		"DoOnRequest":   {unheard: true, with: func(m one, i *injection) one { return m.DoOnRequest(func(int64) { i.at() }) }},
		"DoOnCancel": {src: mono.Never[int], unheard: true, with: func(m one, i *injection) one {
			return m.DoOnCancel(i.at).TakeFor(time.Second)
		}},
		"DoOnEach":         {with: func(m one, i *injection) one { return m.DoOnEach(func(flux.Signal[int]) { i.at() }) }},
		"DoFinally":        {unheard: true, with: func(m one, i *injection) one { return m.DoFinally(func(flux.SignalType) { i.at() }) }},
		"DoFirst":          {with: func(m one, i *injection) one { return m.DoFirst(i.at) }},
		"DoOnSuccess":      {with: func(m one, i *injection) one { return m.DoOnSuccess(func(int, bool) { i.at() }) }},
		"DoOnTerminate":    {with: func(m one, i *injection) one { return m.DoOnTerminate(i.at) }},
		"DoAfterTerminate": {unheard: true, with: func(m one, i *injection) one { return m.DoAfterTerminate(i.at) }},
		"Tap": {with: func(m one, i *injection) one {
			return m.Tap(func(context.Context) flux.Listener[int] { i.at(); return flux.Listener[int]{} })
		}},
		"Tap with a listener of the value": {with: func(m one, i *injection) one {
			return m.Tap(func(context.Context) flux.Listener[int] { return flux.Listener[int]{OnNext: func(int) { i.at() }} })
		}},
	}
}

func makerFuncs() map[string]injected {
	open := func(ctx) (int, error) { return 0, nil }
	shut := func(int) error { return nil }
	return map[string]injected{
		"Defer": {with: func(m one, i *injection) one { return mono.Defer(func(ctx) one { return i.or(m) }) }},
		"FromFunc": {with: func(m one, i *injection) one {
			return mono.Then(m, mono.FromFunc(func(ctx) (int, error) { return 1, i.fail() }))
		}},
		"Run": {with: func(m one, i *injection) one {
			return mono.ThenReturn(mono.Then(m, mono.Run(func(ctx) error { return i.fail() })), 1)
		}},
		"Create": {with: func(m one, i *injection) one {
			return mono.Then(m, mono.Create(func(_ ctx, e *mono.Emitter[int]) { i.at(); e.Success(1) }))
		}},
		"Using": {with: func(m one, i *injection) one {
			return mono.Using(open, func(int) pub { return i.or(m) }, shut)
		}},
		"Using of acquire": {with: func(m one, i *injection) one {
			return mono.Using(func(ctx) (int, error) { return 0, i.fail() }, func(int) pub { return m }, shut)
		}},
		"Using of release": {with: func(m one, i *injection) one {
			return mono.Using(open, func(int) pub { return m }, func(int) error { return i.fail() })
		}},
		"UsingLazily of release": {unheard: true, with: func(m one, i *injection) one {
			return mono.UsingLazily(open, func(int) pub { return m }, func(int) error { return i.fail() })
		}},
		"UsingWhen": {with: func(m one, i *injection) one {
			return mono.UsingWhen(just(0), func(int) pub { return i.or(m) }, func(int, flux.SignalType, error) pub { return mono.Empty[int]() })
		}},
		"UsingWhen of cleanup": {with: func(m one, i *injection) one {
			return mono.UsingWhen(just(0), func(int) pub { return m }, func(int, flux.SignalType, error) pub { return i.or(mono.Empty[int]()) })
		}},
	}
}

func changerFuncs() map[string]injected {
	first := func(a, _ int) int { return a }
	zipped := func(i *injection) func(vs []int) int { return func(vs []int) int { i.at(); return vs[0] } }
	two := func(i *injection) func(a, b int) int { return func(a, _ int) int { i.at(); return a } }
	n := just(0)
	return map[string]injected{
		"Map":    {with: func(m one, i *injection) one { return mono.Map(m, func(v int) int { i.at(); return v }) }},
		"TryMap": {with: func(m one, i *injection) one { return mono.TryMap(m, func(v int) (int, error) { return v, i.fail() }) }},
		"MapNotNull": {with: func(m one, i *injection) one {
			return mono.MapNotNull(m, func(v int) (int, bool) { i.at(); return v, true })
		}},
		"Handle": {with: func(m one, i *injection) one {
			return mono.Handle(m, func(v int, out *flux.Step[int]) { i.at(); out.Next(v) })
		}},
		"TransformDeferred": {with: func(m one, i *injection) one {
			return mono.TransformDeferred(m, func(_ ctx, m one) one { return i.or(m) })
		}},
		"FlatMap": {with: func(m one, i *injection) one { return mono.FlatMap(m, func(int) one { return i.or(just(2)) }) }},
		"FlatMapMany": {with: func(m one, i *injection) one {
			return mono.From(mono.FlatMapMany(m, func(int) one { return i.or(just(2)) }))
		}},
		"FlatMapIterable": {with: func(m one, i *injection) one {
			return mono.From(mono.FlatMapIterable(m, func(v int) []int { i.at(); return []int{v} }))
		}},
		"FilterWhen": {with: func(m one, i *injection) one {
			return mono.FilterWhen(m, func(int) mono.Mono[bool] { return mono.HasElement(i.or(just(1))) })
		}},
		"DelayUntil":        {with: func(m one, i *injection) one { return mono.DelayUntil(m, func(int) one { return i.or(just(1)) }) }},
		"ZipWhen":           {with: func(m one, i *injection) one { return mono.ZipWhen(m, func(int) one { return i.or(just(1)) }, first) }},
		"ZipWhen of values": {with: func(m one, i *injection) one { return mono.ZipWhen(m, just, two(i)) }},
		"Zip2":              {with: func(m one, i *injection) one { return mono.Zip2(m, n, two(i)) }},
		"Zip2DelayError":    {with: func(m one, i *injection) one { return mono.Zip2DelayError(m, n, two(i)) }},
		"ZipWith":           {with: func(m one, i *injection) one { return mono.ZipWith(m, n, two(i)) }},
		"Zip3":              {with: func(m one, i *injection) one { return mono.Zip3(m, n, n, func(a, _, _ int) int { i.at(); return a }) }},
		"Zip4": {with: func(m one, i *injection) one {
			return mono.Zip4(m, n, n, n, func(a, _, _, _ int) int { i.at(); return a })
		}},
		"Zip5": {with: func(m one, i *injection) one {
			return mono.Zip5(m, n, n, n, n, func(a, _, _, _, _ int) int { i.at(); return a })
		}},
		"Zip6": {with: func(m one, i *injection) one {
			return mono.Zip6(m, n, n, n, n, n, func(a, _, _, _, _, _ int) int { i.at(); return a })
		}},
		"ZipAll":           {with: func(m one, i *injection) one { return mono.ZipAll([]pub{m, n}, zipped(i)) }},
		"ZipAllDelayError": {with: func(m one, i *injection) one { return mono.ZipAllDelayError([]pub{m, n}, zipped(i)) }},
	}
}

func steeringFuncs() map[string]injected {
	none := func() one { return mono.Empty[int]().Hide() }
	again := func(i *injection) func(flux.Flux[int64]) one {
		return func(flux.Flux[int64]) one { return i.or(mono.Empty[int]()) }
	}
	return map[string]injected{
		"RepeatWhenEmpty":    {src: none, with: func(m one, i *injection) one { return mono.RepeatWhenEmpty(m, again(i)) }},
		"RepeatWhenEmptyMax": {src: none, with: func(m one, i *injection) one { return mono.RepeatWhenEmptyMax(m, 1, again(i)) }},
		"RetryWhenCompanion": {src: fails, with: func(m one, i *injection) one {
			return mono.RetryWhenCompanion(m, func(flux.Flux[flux.RetrySignal]) one { return i.or(mono.Never[int]()) })
		}},
		"CacheInvalidateWhen": {with: func(m one, i *injection) one {
			return mono.CacheInvalidateWhen(m, func(int) one { i.at(); return mono.Empty[int]() })
		}},
		"Publish": {with: func(m one, i *injection) one { return mono.Publish(m, func(m one) one { return i.or(m) }) }},
	}
}
