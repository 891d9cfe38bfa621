package catalogue

import (
	"context"
	"fmt"

	"github.com/freshet-go/freshet/flux"
)

func transformSamples() []sample {
	sum := func(acc, v int) int { return acc + v }
	return []sample{
		{"Map", "Map(v → v * 10)", func(g *stage) { out(g, flux.Map(g.in("-1-2-3|"), func(v int) int { return v * 10 })) }},
		{"TryMap", "TryMap(v → v * 10, or an error for 3)", func(g *stage) {
			out(g, flux.TryMap(g.in("-1-2-3-4|"), func(v int) (int, error) {
				if v == 3 {
					return 0, errSample
				}
				return v * 10, nil
			}))
		}},
		{"MapNotNull", "MapNotNull(v → v * 10, v is odd)", func(g *stage) {
			out(g, flux.MapNotNull(g.in("-1-2-3|"), func(v int) (int, bool) { return v * 10, odd(v) }))
		}},
		{"Handle", "Handle(v, out → out.Next(v*10) for odd v)", func(g *stage) {
			out(g, flux.Handle(g.in("-1-2-3|"), func(v int, o *flux.Step[int]) {
				if odd(v) {
					o.Next(v * 10)
				}
			}))
		}},
		{"Scan", "Scan(acc, v → acc + v)", func(g *stage) { out(g, g.in("-1-2-3|").Scan(sum)) }},
		{"ScanWith", "ScanWith(10, acc, v → acc + v)", func(g *stage) { out(g, flux.ScanWith(g.in("-1-2-3|"), 10, sum)) }},
		{"Index", "Index", func(g *stage) {
			out(g, flux.Map(flux.Index(g.in("-7-8-9|")), func(v flux.Indexed[int]) string { return fmt.Sprintf("%d:%d", v.Index, v.Value) }))
		}},
		{"Cast", "Cast[string]", func(g *stage) {
			out(g, flux.Cast[string](flux.Map(g.in("-1-2-3|"), func(v int) any {
				if v == 3 {
					return v
				}
				return fmt.Sprintf("%q", fmt.Sprint(v))
			})))
		}},
		{"OfType", "OfType[string]", func(g *stage) {
			out(g, flux.OfType[string](flux.Map(g.in("-1-2-3|"), func(v int) any {
				if v == 2 {
					return v
				}
				return fmt.Sprintf("%q", fmt.Sprint(v))
			})))
		}},
		{"Transform", "Transform(s → s.Skip(1).Take(1))", func(g *stage) {
			out(g, flux.Transform(g.in("-1-2-3|"), func(s fints) fints { return s.Skip(1).Take(1) }))
		}},
		{"TransformDeferred", "TransformDeferred(ctx, s → s.Take(1))", func(g *stage) {
			out(g, flux.TransformDeferred(g.in("-1-2-3|"), func(_ context.Context, s fints) fints { return s.Take(1) }))
		}},
		{"Timestamp", "Timestamp", func(g *stage) {
			out(g, flux.Map(flux.Timestamp(g.in("-1--2|")), func(v flux.Timestamped[int]) string {
				return fmt.Sprintf("%d@%v", v.Value, g.round(v.Time.Sub(g.zero)))
			}))
		}},
		{"Elapsed", "Elapsed", func(g *stage) {
			out(g, flux.Map(flux.Elapsed(g.in("-1--2|")), func(v flux.ElapsedValue[int]) string {
				return fmt.Sprintf("%d+%v", v.Value, g.round(v.Elapsed))
			}))
		}},
		{"Timed", "Timed", func(g *stage) {
			out(g, flux.Map(flux.Timed(g.in("-1--2|")), func(v flux.TimedValue[int]) string {
				return fmt.Sprintf("%d+%v", v.Value, g.round(v.Elapsed))
			}))
		}},
		{"Materialize", "Materialize", func(g *stage) {
			out(g, flux.Map(flux.Materialize(g.in("-1-2|")), flux.Signal[int].String))
		}},
		{"Dematerialize", "Dematerialize", func(g *stage) {
			signals := above(g, "", flux.Map(ints.Cold(g.t, g.late("-1-2-3|")), func(v int) flux.Signal[int] {
				if v == 3 {
					return flux.CompleteSignal[int]()
				}
				return flux.NextSignal(v)
			}))
			out(g, flux.Dematerialize(signals))
		}},
	}
}

func odd(v int) bool { return v%2 == 1 }
