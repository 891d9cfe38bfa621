package catalogue

import (
	"context"
	"slices"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

type (
	fints = flux.Flux[int]
	pints = flux.Publisher[int]
)

func sourceSamples() []sample {
	return []sample{
		{"Just", "Just(1, 2, 3)", func(g *stage) { out(g, flux.Just(1, 2, 3)) }},
		{"FromSlice", "FromSlice([]int{1, 2, 3})", func(g *stage) { out(g, flux.FromSlice([]int{1, 2, 3})) }},
		{"FromSeq", "FromSeq(slices.Values(list))", func(g *stage) { out(g, flux.FromSeq(slices.Values([]int{1, 2, 3}))) }},
		{"FromSeq2", "FromSeq2(pages)", func(g *stage) {
			out(g, flux.FromSeq2(func(yield func(int, error) bool) {
				_ = yield(1, nil) && yield(2, nil) && yield(0, errSample)
			}))
		}},
		{"FromChan", "FromChan(ch)", func(g *stage) {
			ch := make(chan int)
			go func() {
				for v := range 3 {
					time.Sleep(2 * millis)
					ch <- v + 1
				}
				close(ch)
			}()
			out(g, flux.FromChan(ch))
		}},
		{"From", "From(publisher)", func(g *stage) { out(g, flux.From[int](g.in("-1-2-3|"))) }},
		{"Range", "Range(4, 3)", func(g *stage) { out(g, flux.Range(4, 3)) }},
		{"Empty", "Empty()", func(g *stage) { out(g, flux.Empty[int]()) }},
		{"Never", "Never()", func(g *stage) { out(g, flux.Never[int]()) }},
		{"Error", "Error(err)", func(g *stage) { out(g, flux.Error[int](errSample)) }},
		{"ErrorWhenRequested", "ErrorWhenRequested(err)", func(g *stage) {
			outBy(g, flux.ErrorWhenRequested[int](errSample), 0, func(rec *fluxtest.Recorder[string]) {
				g.after(2*millis, func() { rec.Request(1) })
			})
		}},
		{"Defer", "Defer(ctx → Just(now()))", func(g *stage) {
			src := flux.Defer(func(context.Context) fints { return flux.Just(int(time.Since(g.zero) / millis)) })
			out(g, src)
			g.after(5*millis, func() { out(g, src) })
		}},
		{"Generate", "Generate(1, n → Next(n), n*2)", func(g *stage) {
			out(g, flux.Generate(func(context.Context) int { return 1 }, func(n int, o *flux.Step[int]) int {
				o.Next(n)
				return n * 2
			}, nil).Take(4))
		}},
		{"Create", "Create(e → e.Next(1) … e.Complete())", func(g *stage) {
			out(g, flux.Create(func(_ context.Context, e *flux.Emitter[int]) {
				time.AfterFunc(2*millis, func() { e.Next(1) })
				time.AfterFunc(5*millis, func() { e.Next(2); e.Complete() })
			}))
		}},
		{"Produce", "Produce(emit → emit(1); sleep; emit(2))", func(g *stage) {
			out(g, flux.Produce(func(_ context.Context, emit func(int) error) error {
				if err := emit(1); err != nil {
					return err
				}
				time.Sleep(3 * millis)
				return emit(2)
			}))
		}},
		{"Interval", "Interval(3ms).Take(3)", func(g *stage) { out(g, flux.Interval(3*millis).Take(3)) }},
		{"IntervalAfter", "IntervalAfter(1ms, 3ms).Take(3)", func(g *stage) { out(g, flux.IntervalAfter(millis, 3*millis).Take(3)) }},
		{"Timer", "Timer(4ms)", func(g *stage) { out(g, flux.Timer(4*millis)) }},
		{"Using", "Using(open, r → stream, shut)", func(g *stage) { out(g, using(g, flux.Using[int, int])) }},
		{"UsingLazily", "UsingLazily(open, r → stream, shut)", func(g *stage) { out(g, using(g, flux.UsingLazily[int, int])) }},
		{"UsingWhen", "UsingWhen(resource, r → stream, cleanup)", func(g *stage) {
			use := g.other("stream", "-1-2|")
			resource := g.other("resource", "-7|")
			cleanup := g.other("cleanup", "--|")
			out(g, flux.UsingWhen(resource, func(int) pints { return use },
				func(int, flux.SignalType, error) pints { return cleanup }))
		}},
	}
}

type usingFunc = func(func(context.Context) (int, error), func(int) pints, func(int) error) fints

func using(g *stage, op usingFunc) fints {
	src := g.in("-1-2|")
	return op(
		func(context.Context) (int, error) { g.call("open"); return 0, nil },
		func(int) pints { return src.DoOnComplete(func() { g.call("complete") }) },
		func(int) error { g.call("shut"); return nil })
}
