package catalogue

import (
	"context"
	"fmt"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/mono"
)

func monoSources() []sample {
	made := func(name, title string, m func(g *stage) pints) sample {
		return sample{name, title, func(g *stage) { out(g, m(g)) }}
	}
	seven := 7
	return []sample{
		made("mono.Just", "Just(7)", func(*stage) pints { return mono.Just(7) }),
		made("mono.JustOrEmpty", "JustOrEmpty(0, false)", func(*stage) pints { return mono.JustOrEmpty(0, false) }),
		made("mono.FromPointer", "FromPointer(p)", func(*stage) pints { return mono.FromPointer(&seven) }),
		made("mono.Empty", "Empty()", func(*stage) pints { return mono.Empty[int]() }),
		made("mono.Never", "Never()", func(*stage) pints { return mono.Never[int]() }),
		made("mono.Error", "Error(err)", func(*stage) pints { return mono.Error[int](errSample) }),
		{"mono.Defer", "Defer(ctx → Just(now()))", func(g *stage) {
			src := mono.Defer(func(context.Context) mints { return mono.Just(int(time.Since(g.zero) / millis)) })
			out(g, src)
			g.after(5*millis, func() { out(g, src) })
		}},
		made("mono.From", "From(publisher)", func(g *stage) pints { return mono.From[int](g.in("-1-2-3|")) }),
		made("mono.FromDirect", "FromDirect(publisher)", func(g *stage) pints { return mono.FromDirect[int](g.in("-1--|")) }),
		{"mono.Delay", "Delay(4ms)", func(g *stage) { out(g, mono.Delay(4*millis)) }},
		made("mono.FromFunc", "FromFunc(ctx → 7, nil)", func(g *stage) pints {
			return mono.FromFunc(func(context.Context) (int, error) { g.call("f"); return 7, nil })
		}),
		{"mono.Run", "Run(ctx → nil)", func(g *stage) {
			out(g, mono.Run(func(context.Context) error { g.call("f"); return nil }))
		}},
		made("mono.Create", "Create(e → 3ms later e.Success(7))", func(*stage) pints {
			return mono.Create(func(_ context.Context, e *mono.Emitter[int]) {
				time.AfterFunc(3*millis, func() { e.Success(7) })
			})
		}),
		made("mono.Using", "Using(open, r → mono, shut)", func(g *stage) pints { return usingOne(g, mono.Using[int, int]) }),
		made("mono.UsingLazily", "UsingLazily(open, r → mono, shut)", func(g *stage) pints { return usingOne(g, mono.UsingLazily[int, int]) }),
		made("mono.UsingWhen", "UsingWhen(resource, r → mono, cleanup)", func(g *stage) pints {
			use, resource, cleanup := g.only("mono", single), g.only("resource", "-(7|)"), g.other("cleanup", "--|")
			return mono.UsingWhen(resource, func(int) pints { return use }, func(int, flux.SignalType, error) pints { return cleanup })
		}),
	}
}

func usingOne(g *stage, op func(func(context.Context) (int, error), func(int) pints, func(int) error) mints) mints {
	src := g.one(single)
	return op(
		func(context.Context) (int, error) { g.call("open"); return 0, nil },
		func(int) pints { return src.DoOnTerminate(func() { g.call("complete") }) },
		func(int) error { g.call("shut"); return nil })
}

// become shows what an operator makes of a Mono where that is of another type.
func become[R any](name, title, diagram string, build func(g *stage, m mints) flux.Publisher[R]) sample {
	return sample{name, title, func(g *stage) { out(g, build(g, g.one(diagram))) }}
}

func monoChanges() []sample {
	ten := func(v int) int { return v * 10 }
	return []sample{
		overOne("mono.Map", "Map(v → v * 10)", single, func(_ *stage, m mints) pints { return mono.Map(m, ten) }),
		overOne("mono.TryMap", "TryMap(v → error)", single, func(_ *stage, m mints) pints {
			return mono.TryMap(m, func(int) (int, error) { return 0, errSample })
		}),
		overOne("mono.MapNotNull", "MapNotNull(v → 0, false)", single, func(_ *stage, m mints) pints {
			return mono.MapNotNull(m, func(int) (int, bool) { return 0, false })
		}),
		overOne("mono.Handle", "Handle(v, out → out.Next(v*10))", single, func(_ *stage, m mints) pints {
			return mono.Handle(m, func(v int, o *flux.Step[int]) { o.Next(v * 10) })
		}),
		overOne("mono.Cast", "Cast[int]", single, func(_ *stage, m mints) pints { return mono.Cast[int](m) }),
		become("mono.OfType", "OfType[string]", single, func(_ *stage, m mints) flux.Publisher[string] { return mono.OfType[string](m) }),
		become("mono.HasElement", "HasElement", single, func(_ *stage, m mints) flux.Publisher[bool] { return mono.HasElement(m) }),
		become("mono.SingleOptional", "SingleOptional", "--|", func(_ *stage, m mints) flux.Publisher[string] {
			return mono.Map(mono.SingleOptional(m), func(o mono.Optional[int]) string { return fmt.Sprintf("%d %t", o.Value, o.OK) })
		}),
		become("mono.Materialize", "Materialize", "--#", func(_ *stage, m mints) flux.Publisher[flux.Signal[int]] { return mono.Materialize(m) }),
		overOne("mono.Dematerialize", "Materialize … Dematerialize", single, func(_ *stage, m mints) pints {
			return mono.Dematerialize(mono.Materialize(m))
		}),
		become("mono.Elapsed", "Elapsed", single, func(g *stage, m mints) flux.Publisher[string] {
			return mono.Map(mono.Elapsed(m), func(v flux.ElapsedValue[int]) string { return fmt.Sprint(v.Value, " ", g.round(v.Elapsed)) })
		}),
		become("mono.Timestamp", "Timestamp", single, func(g *stage, m mints) flux.Publisher[string] {
			return mono.Map(mono.Timestamp(m), func(v flux.Timestamped[int]) string {
				return fmt.Sprint(v.Value, " at ", g.round(v.Time.Sub(g.zero)))
			})
		}),
		become("mono.Timed", "Timed", single, func(g *stage, m mints) flux.Publisher[string] {
			return mono.Map(mono.Timed(m), func(v flux.TimedValue[int]) string {
				return fmt.Sprint(v.Value, " after ", g.round(v.SinceSubscription))
			})
		}),
		overOne("mono.Transform", "Transform(m → m.Map(v → v*10))", single, func(_ *stage, m mints) pints {
			return mono.Transform(m, func(m mints) mints { return mono.Map(m, ten) })
		}),
		overOne("mono.TransformDeferred", "TransformDeferred(ctx, m → m.Map(v → v*10))", single, func(_ *stage, m mints) pints {
			return mono.TransformDeferred(m, func(_ context.Context, m mints) mints { return mono.Map(m, ten) })
		}),
	}
}

func monoFlattening() []sample {
	return []sample{
		overOne("mono.FlatMap", "FlatMap(v → inner)", single, func(g *stage, m mints) pints {
			inner := g.only("inner", "--(7|)")
			return mono.FlatMap(m, func(int) mints { return inner })
		}),
		overOne("mono.FlatMapMany", "FlatMapMany(v → inner)", single, func(g *stage, m mints) pints {
			inner := g.other("inner", "-7-8|")
			return mono.FlatMapMany(m, func(int) fints { return inner })
		}),
		overOne("mono.FlatMapIterable", "FlatMapIterable(v → v, v*10)", single, func(_ *stage, m mints) pints {
			return mono.FlatMapIterable(m, func(v int) []int { return []int{v, v * 10} })
		}),
		overOne("mono.FilterWhen", "FilterWhen(v → true after 3ms)", single, func(_ *stage, m mints) pints {
			return mono.FilterWhen(m, func(int) flux.Mono[bool] {
				return mono.Map(mono.Delay(3*millis), func(int64) bool { return true })
			})
		}),
		overOne("mono.DelayUntil", "DelayUntil(v → trigger)", single, func(g *stage, m mints) pints {
			trigger := g.other("trigger", "-7-8|")
			return mono.DelayUntil(m, func(int) fints { return trigger })
		}),
		become("mono.ZipWhen", "ZipWhen(v → other, v, w → [v w])", single, func(g *stage, m mints) flux.Publisher[string] {
			other := g.only("other", "--(7|)")
			return mono.ZipWhen(m, func(int) mints { return other }, func(a, b int) string { return fmt.Sprint([]int{a, b}) })
		}),
		overOne("mono.Then", "Then(next)", single, func(g *stage, m mints) pints { return mono.Then(m, g.only("next", "-(7|)")) }),
		overOne("mono.ThenReturn", "ThenReturn(7)", single, func(_ *stage, m mints) pints { return mono.ThenReturn(m, 7) }),
		overOne("mono.ThenMany", "ThenMany(next)", single, func(g *stage, m mints) pints { return mono.ThenMany(m, g.other("next", "-7-8|")) }),
	}
}

// several gives n Monos of which each is later than the one before.
func several(g *stage, n int) []pints {
	var all []pints
	for i := range n {
		all = append(all, g.only(string(rune('a'+i)), fmt.Sprintf("%s(%d|)", "-------"[:i+1], i+1)))
	}
	return all
}

func monoZips() []sample {
	joined := func(vs ...int) string { return fmt.Sprint(vs) }
	list := func(vs []int) string { return fmt.Sprint(vs) }
	two := func(a, b int) string { return joined(a, b) }
	zip := func(name, title string, n int, of func(s []pints) flux.Mono[string]) sample {
		return sample{name, title, func(g *stage) { out(g, of(several(g, n))) }}
	}
	fails := func(g *stage) []pints { return []pints{g.only("a", "-#"), g.only("b", "---(2|)")} }
	return []sample{
		zip("mono.Zip2", "Zip2(a, b, a, b → [a b])", 2, func(s []pints) flux.Mono[string] { return mono.Zip2(s[0], s[1], two) }),
		{"mono.Zip2DelayError", "Zip2DelayError(a, b, f)", func(g *stage) { s := fails(g); out(g, mono.Zip2DelayError(s[0], s[1], two)) }},
		zip("mono.ZipWith", "ZipWith(a, b, a, b → [a b])", 2, func(s []pints) flux.Mono[string] { return mono.ZipWith(s[0], s[1], two) }),
		zip("mono.Zip3", "Zip3(a, b, c, f)", 3, func(s []pints) flux.Mono[string] {
			return mono.Zip3(s[0], s[1], s[2], func(a, b, c int) string { return joined(a, b, c) })
		}),
		zip("mono.Zip4", "Zip4(a, b, c, d, f)", 4, func(s []pints) flux.Mono[string] {
			return mono.Zip4(s[0], s[1], s[2], s[3], func(a, b, c, d int) string { return joined(a, b, c, d) })
		}),
		zip("mono.Zip5", "Zip5(a, b, c, d, e, f)", 5, func(s []pints) flux.Mono[string] {
			return mono.Zip5(s[0], s[1], s[2], s[3], s[4], func(a, b, c, d, e int) string { return joined(a, b, c, d, e) })
		}),
		zip("mono.Zip6", "Zip6(a, b, c, d, e, f, fn)", 6, func(s []pints) flux.Mono[string] {
			return mono.Zip6(s[0], s[1], s[2], s[3], s[4], s[5], func(a, b, c, d, e, f int) string { return joined(a, b, c, d, e, f) })
		}),
		zip("mono.ZipAll", "ZipAll(list, values → values)", 3, func(s []pints) flux.Mono[string] { return mono.ZipAll(s, list) }),
		{"mono.ZipAllDelayError", "ZipAllDelayError(list, values → values)", func(g *stage) { out(g, mono.ZipAllDelayError(fails(g), list)) }},
		{"mono.When", "When(a, b)", func(g *stage) { s := several(g, 2); out(g, mono.When(s...)) }},
		{"mono.WhenDelayError", "WhenDelayError(a, b)", func(g *stage) { out(g, mono.WhenDelayError(fails(g)...)) }},
		{"mono.And", "And(a, b)", func(g *stage) { s := several(g, 2); out(g, mono.And(s[0], s[1])) }},
		{"mono.FirstWithSignal", "FirstWithSignal(a, b)", func(g *stage) {
			out(g, mono.FirstWithSignal[int](g.only("a", "-|"), g.only("b", "--(7|)")))
		}},
		{"mono.FirstWithValue", "FirstWithValue(a, b)", func(g *stage) {
			out(g, mono.FirstWithValue[int](g.only("a", "-|"), g.only("b", "--(7|)")))
		}},
		{"mono.SequenceEqual", "SequenceEqual(a, b)", func(g *stage) {
			out(g, mono.SequenceEqual[int](g.only("a", "-(1|)"), g.only("b", "--(1|)")))
		}},
	}
}

func monoSteering() []sample {
	return []sample{
		overOne("mono.TakeUntilOther", "TakeUntilOther(other)", "-----(1|)", func(g *stage, m mints) pints {
			return mono.TakeUntilOther(m, g.only("other", "--(7|)"))
		}),
		overOne("mono.DelaySubscriptionUntil", "DelaySubscriptionUntil(other)", single, func(g *stage, m mints) pints {
			return mono.DelaySubscriptionUntil(m, g.other("other", "--7-"))
		}),
		overOne("mono.TimeoutFirst", "TimeoutFirst(Delay(2.5ms))", "-----(1|)", func(_ *stage, m mints) pints {
			return mono.TimeoutFirst(m, mono.Delay(5*millis/2))
		}),
		overOne("mono.TimeoutFirstOr", "TimeoutFirstOr(Delay(2.5ms), fallback)", "-----(1|)", func(g *stage, m mints) pints {
			return mono.TimeoutFirstOr(m, mono.Delay(5*millis/2), g.only("fallback", "-(7|)"))
		}),
		overOne("mono.RepeatWhenEmpty", "RepeatWhenEmpty(counts → 3ms later, twice)", "--|", func(_ *stage, m mints) pints {
			return mono.RepeatWhenEmpty(m, func(counts flux.Flux[int64]) flux.Flux[int64] {
				return counts.Take(2).DelayElements(3 * millis)
			})
		}),
		overOne("mono.RepeatWhenEmptyMax", "RepeatWhenEmptyMax(1, counts → counts)", "--|", func(_ *stage, m mints) pints {
			return mono.RepeatWhenEmptyMax(m, 1, func(counts flux.Flux[int64]) flux.Flux[int64] { return counts })
		}),
		overOne("mono.RetryWhenCompanion", "RetryWhenCompanion(failures → failures.Take(1))", "--#", func(_ *stage, m mints) pints {
			return mono.RetryWhenCompanion(m, func(f flux.Flux[flux.RetrySignal]) flux.Flux[flux.RetrySignal] { return f.Take(1) })
		}),
		{"mono.Publish", "Publish(m → Zip2(m, m))", func(g *stage) {
			out(g, mono.Publish(g.one(single), func(m mints) flux.Mono[string] {
				return mono.Zip2(m, m, func(a, b int) string { return fmt.Sprint([]int{a, b}) })
			}))
		}},
	}
}
