package flux_test

import (
	"context"
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

// userFuncs are the user functions that a value runs, one operator each; touch
// is called inside of each.
func userFuncs() map[string]func(s ints, touch injection) ints {
	return map[string]func(s ints, touch injection) ints{
		"Map": func(s ints, touch injection) ints {
			return flux.Map(s, func(v int) int { touch.at(v); return v })
		},
		"TryMap": func(s ints, touch injection) ints {
			return flux.TryMap(s, func(v int) (int, error) { return v, touch.fail(v) })
		},
		"Handle": func(s ints, touch injection) ints {
			return flux.Handle(s, func(v int, out *flux.Step[int]) {
				out.Next(v)
				if err := touch.fail(v); err != nil {
					out.Error(err)
				}
			})
		},
		"Scan": func(s ints, touch injection) ints {
			return s.StartWith(0).Scan(func(_, v int) int { touch.at(v); return v }).Skip(1)
		},
		"Filter":    func(s ints, touch injection) ints { return s.Filter(func(v int) bool { touch.at(v); return true }) },
		"TakeWhile": func(s ints, touch injection) ints { return s.TakeWhile(func(v int) bool { touch.at(v); return true }) },
		"DistinctUntilChangedBy": func(s ints, touch injection) ints {
			return flux.DistinctUntilChangedBy(s, func(v int) int { touch.at(v); return v })
		},
		"a key that cannot be compared": func(s ints, touch injection) ints {
			return flux.DistinctUntilChangedBy(s, func(v int) any { touch.at(v); return v })
		},
		"MapNotNull": func(s ints, touch injection) ints {
			return flux.MapNotNull(s, func(v int) (int, bool) { touch.at(v); return v, true })
		},
		"ScanWith": func(s ints, touch injection) ints {
			return flux.ScanWith(s, 0, func(_, v int) int { touch.at(v); return v }).Skip(1)
		},
		"TakeUntil": func(s ints, touch injection) ints {
			return s.SkipUntil(func(v int) bool { return v >= 0 }).DoOnNext(touch.at).TakeUntil(func(int) bool { return false })
		},
		"DistinctBy": func(s ints, touch injection) ints {
			return flux.DistinctBy(s, func(v int) int { touch.at(v); return v })
		},
		"DistinctUntilChangedFunc": func(s ints, touch injection) ints {
			return s.StartWith(0).DistinctUntilChangedFunc(func(_, v int) bool { touch.at(v); return false }).Skip(1)
		},
		"FlatMapIterable": func(s ints, touch injection) ints {
			return flux.FlatMapIterable(s, func(v int) []int { touch.at(v); return []int{v} })
		},
		"FlatMapSeq": func(s ints, touch injection) ints {
			return flux.FlatMapSeq(s, func(v int) iter.Seq[int] {
				return func(yield func(int) bool) { touch.at(v); yield(v) }
			})
		},
		"PublishSelect's stream": func(s ints, touch injection) ints {
			return flux.PublishSelect(s, func(all ints) ints { return all.DoOnNext(touch.at) })
		},
		"DoOnNext": func(s ints, touch injection) ints { return s.DoOnNext(touch.at) },
		"FlatMap": func(s ints, touch injection) ints {
			return flux.FlatMap(s, func(v int) ints { return orFail(touch.fail(v), one(v)) })
		},
		"FlatMap's publisher": func(s ints, touch injection) ints {
			return flux.FlatMap(s, func(v int) ints { return two(v).DoOnNext(touch.at) })
		},
		"ConcatMap": func(s ints, touch injection) ints {
			return flux.ConcatMap(s, func(v int) ints { return orFail(touch.fail(v), one(v)) })
		},
		"ConcatMap's publisher": func(s ints, touch injection) ints {
			return flux.ConcatMap(s, func(v int) ints { return two(v).DoOnNext(touch.at) })
		},
		"SwitchMap": func(s ints, touch injection) ints {
			return flux.SwitchMap(s, func(v int) ints { return orFail(touch.fail(v), one(v)) })
		},
		"SwitchMap's publisher": func(s ints, touch injection) ints {
			return flux.SwitchMap(s, func(v int) ints { return two(v).DoOnNext(touch.at) })
		},
		"ZipWithIterable": func(s ints, touch injection) ints {
			return flux.ZipWithIterable(s, forever, func(v, _ int) int { touch.at(v); return v })
		},
		"CombineLatest2": func(s ints, touch injection) ints {
			return flux.CombineLatest2(flux.Just(0), s, func(_, v int) int { touch.at(v); return v })
		},
		"WithLatestFrom": func(s ints, touch injection) ints {
			return flux.WithLatestFrom(s, flux.Just(0), func(v, _ int) int { touch.at(v); return v })
		},
		"FlatMapSequential": func(s ints, touch injection) ints {
			return flux.FlatMapSequential(s, func(v int) ints { return orFail(touch.fail(v), one(v)) })
		},
		"FlatMapSequential's publisher": func(s ints, touch injection) ints {
			return flux.FlatMapSequential(s, func(v int) ints { return two(v).DoOnNext(touch.at) })
		},
		"FlatMapSignals": func(s ints, touch injection) ints {
			return flux.FlatMapSignals(s, func(v int) ints { return orFail(touch.fail(v), one(v)) }, nil, nil)
		},
		"MergeComparing": func(s ints, touch injection) ints {
			return flux.MergeComparing(func(a, b int) int { touch.at(a); return a - b }, s, flux.Range(1000, 1000)).Take(3)
		},
		"DelayUntil": func(s ints, touch injection) ints {
			return flux.DelayUntil(s, func(v int) ints { return orFail(touch.fail(v), flux.Empty[int]()) })
		},
		"Zip2": func(s ints, touch injection) ints {
			return flux.Zip2(s, flux.Range(0, 1000), func(v, _ int) int { touch.at(v); return v })
		},
	}
}

// drives are the things that can drive the values to the operator that panics:
// each loop with a guard of its own, each thread of control.
func drives() map[string]func(s ints) ints {
	ds := map[string]func(s ints) ints{
		"as it is":   func(s ints) ints { return s },
		"in batches": func(s ints) ints { return s.LimitRate(1) },
		"OnErrorReturn above, which must not catch it": func(s ints) ints { return s.OnErrorReturn(-1) },
		"Retry above, which must not catch it":         func(s ints) ints { return s.Retry(3) },
		"many layers": func(s ints) ints {
			return flux.From[int](fluxtest.NewProbe(s.Timeout(time.Hour).OnErrorReturn(-1).Share())).PublishOn().Take(1000)
		},
	}
	for _, op := range operators() {
		if op.name != "SwitchMap to its source" && op.name != "OnErrorResume that resumed" {
			ds[op.name] = op.build
		}
	}
	return ds
}

// belows are what may stand between the operator that panics and the subscriber.
func belows() map[string]func(s ints) ints {
	return map[string]func(s ints) ints{
		"nothing":             func(s ints) ints { return s },
		"a foreign publisher": func(s ints) ints { return flux.From[int](fluxtest.NewProbe(s)) },
		"PublishOn":           func(s ints) ints { return s.PublishOn() },
		"Merge":               func(s ints) ints { return s.MergeWith(flux.Never[int]()) },
		"all kinds": func(s ints) ints {
			return flux.Map(s.Share().Timeout(time.Hour).OnBackpressureBuffer(flux.BufferSpec[int]{}), same).ConcatWith(flux.Just(-2))
		},
	}
}

func TestPanicOfAUserFunctionIsTheErrorOfItsOperator(t *testing.T) {
	for name, with := range allUserFuncs() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for drive, drives := range drives() {
				for below, pass := range belows() {
					for _, at := range []int{1, 3} {
						fluxtest.Run(t, func(t *testing.T) {
							l, up := &lost{}, &ends{}
							values, touched := upTo(5), 0
							op := with(drives(up.watch(live(values...))), panics(func(v int) bool { touched++; return v == at }))
							rec := fluxtest.NewRecorder[int](flux.Unbounded)
							pass(op).Subscribe(l.context(t.Context()), rec)
							fluxtest.Advance(0)
							require.NotEmpty(t, rec.Of(fluxtest.Error), "no error after the panic: %s, %s, %d", drive, below, at)
							var p *flux.PanicError
							require.ErrorAs(t, rec.Of(fluxtest.Error)[0].Err, &p)
							require.Equal(t, errBoom, p.Value)
							require.Contains(t, string(p.Stack), "injection_test.go")
							rec.AssertErrorIs(t, errBoom) // through the panic
							want := values[:at-1]
							if below == "Merge" && drive != "as it is" { // its error overtakes values that wait for another goroutine's turn
								want = want[:min(len(rec.Values()), len(want))]
							}
							if !rec.AssertValues(t, want...) {
								t.Logf("drive: %s, below: %s, panic at value %d", drive, below, at)
							}
							rec.AssertNoViolations(t)
							require.Equal(t, at, touched)
							require.Equal(t, cancelled, up.all(), "%s, %s, %d", drive, below, at)
							require.Empty(t, l.errors(), "%s, %s, %d", drive, below, at)
						})
						if t.Failed() {
							t.Logf("drive: %s, below: %s, panic at value %d", drive, below, at)
							return
						}
					}
				}
			}
		})
	}
}

func TestPanicIsCaughtByAnErrorOperatorDownstream(t *testing.T) {
	for name, with := range allUserFuncs() {
		for drive, drives := range drives() {
			fluxtest.Run(t, func(t *testing.T) {
				op := with(drives(live(upTo(5)...)), panics(func(v int) bool { return v == 2 }))
				rec := fluxtest.NewRecorder[int](flux.Unbounded)
				op.OnErrorReturn(-1).Subscribe(t.Context(), rec)
				fluxtest.Advance(0)
				if !rec.AssertValues(t, 1, -1) || !rec.AssertCompleted(t) || !rec.AssertNoViolations(t) {
					t.Logf("function: %s, drive: %s", name, drive)
				}
			})
		}
	}
}

func TestPanicOfASourceIsItsError(t *testing.T) {
	no := func() { panic(errBoom) }
	for name, src := range map[string]ints{
		"Defer":                             flux.Defer(func(context.Context) ints { no(); return flux.Empty[int]() }),
		"Create":                            flux.Create(func(context.Context, *flux.Emitter[int]) { no() }),
		"Emitter.OnRequest":                 flux.Create(func(_ ctx, e *flux.Emitter[int]) { e.OnRequest(func(int64) { no() }) }),
		"Generate's init":                   flux.Generate(func(ctx) int { no(); return 0 }, func(int, *flux.Step[int]) int { return 0 }, nil),
		"Generate's step":                   flux.Generate(func(ctx) int { return 0 }, func(int, *flux.Step[int]) int { no(); return 0 }, nil),
		"Produce":                           flux.Produce(func(context.Context, func(int) error) error { no(); return nil }),
		"FromSeq":                           flux.FromSeq(func(func(int) bool) { no() }),
		"FromSeq2":                          flux.FromSeq2(func(func(int, error) bool) { no() }),
		"PublishSelect":                     flux.PublishSelect(live(1), func(ints) ints { no(); return ints{} }),
		"DoOnSubscribe":                     live(1).DoOnSubscribe(no),
		"DoOnSubscribe of an empty source":  flux.Empty[int]().DoOnSubscribe(no),
		"DoOnSubscribe of a failing source": flux.Error[int](errors.New("other")).DoOnSubscribe(no),
		"DoOnComplete":                      flux.Empty[int]().DoOnComplete(no),
		"DoOnError":                         flux.Error[int](errors.New("other")).DoOnError(func(error) { no() }),
		"OnErrorResume":                     flux.Error[int](errors.New("other")).OnErrorResume(func(error) pub { no(); return nil }),
		"OnBackpressureDrop":                flux.Map(deaf(1, 2).OnBackpressureDrop(func(int) { no() }), same),
		"BufferSpec.Dropped": deaf(1, 2).OnBackpressureBuffer(flux.BufferSpec[int]{
			Size: 1, Overflow: flux.BufferDropLatest, Dropped: func(int) { no() },
		}),
	} {
		t.Run(name, func(t *testing.T) {
			for _, demand := range []int64{1, flux.Unbounded} {
				fluxtest.Run(t, func(t *testing.T) {
					l := &lost{}
					rec := fluxtest.NewRecorder[int](0)
					src.Subscribe(l.context(t.Context()), rec)
					rec.Request(demand)
					fluxtest.Advance(0)
					rec.AssertErrorIs(t, errBoom)
					rec.AssertNoViolations(t)
					if name == "DoOnSubscribe of a failing source" {
						require.Len(t, l.errors(), 1, "the source's own error came too late")
						return
					}
					require.Empty(t, l.errors())
				})
			}
		})
	}
}

// deaf gives values without regard to demand, and stays open.
func deaf(values ...int) ints {
	return flux.Create(func(_ ctx, e *flux.Emitter[int]) {
		for _, v := range values {
			e.Next(v)
		}
	}, flux.OverflowIgnore)
}

func TestPanicThatCannotBeASignalGoesToTheHook(t *testing.T) {
	no := func() { panic(errBoom) }
	for name, src := range map[string]ints{
		"DoOnRequest":             live(1).DoOnRequest(func(int64) { no() }),
		"DoOnCancel":              live(1).DoOnCancel(no),
		"DoFinally":               live(1).DoFinally(func(flux.SignalType) { no() }),
		"Generate's cleanup":      flux.Generate(func(ctx) int { return 1 }, func(_ int, out *flux.Step[int]) int { out.Next(1); return 1 }, func(int) { no() }),
		"a foreign cancel":        flux.From[int](fluxtest.Cold[int](fluxtest.PanicInCancel).Next(1)),
		"a foreign request":       flux.From[int](fluxtest.Cold[int](fluxtest.PanicInRequest).Next(1)),
		"FromSeq's deferred call": flux.FromSeq(func(yield func(int) bool) { defer no(); yield(1); yield(2) }),
	} {
		t.Run(name, func(t *testing.T) {
			fluxtest.Run(t, func(t *testing.T) {
				l := &lost{}
				rec := fluxtest.NewRecorder[int](1)
				src.Subscribe(l.context(t.Context()), rec)
				rec.AssertValues(t, 1)
				rec.Cancel()
				fluxtest.Advance(0)
				rec.AssertNotTerminated(t)
				require.Len(t, l.errors(), 1)
				require.ErrorAs(t, l.errors()[0], new(*flux.PanicError))
			})
		})
	}
}

func TestPanicOfAForeignPublisherIsItsError(t *testing.T) {
	fluxtest.Verify(t, flux.From[int](fluxtest.Cold[int](fluxtest.PanicInSubscribe))).ErrorAs(new(*flux.PanicError))
}

func TestPanicOfTheSubscriberCancelsTheSource(t *testing.T) {
	ds := drives()
	for name := range ds {
		t.Run(name, func(t *testing.T) {
			fluxtest.Run(t, func(t *testing.T) {
				l, up := &lost{}, &ends{}
				got := 0
				s := &counting{demand: flux.Unbounded, each: func(flux.Subscription) {
					if got++; got == 2 {
						panic(errBoom)
					}
				}}
				ctx, cancel := context.WithCancel(l.context(context.Background()))
				defer cancel()
				require.NotPanics(t, func() { ds[name](up.watch(live(upTo(5)...))).Subscribe(ctx, s) })
				fluxtest.Advance(0)
				require.Equal(t, 2, got)
				require.NoError(t, s.err, "a subscriber that panicked gets nothing more (rule 2.13)")
				require.Equal(t, cancelled, up.all())
				require.Len(t, l.errors(), 1)
				require.ErrorIs(t, l.errors()[0], errBoom)
			})
		})
	}
}

func TestPanicInAPublisherSubscribedToLaterReachesTheSubscriber(t *testing.T) {
	// The publisher that begins inside the completion of another one has no loop
	// of its own when it is a single value: the panic comes out of an OnComplete.
	bad := func(v int) int {
		if v == 2 {
			panic(errBoom)
		}
		return v
	}
	later := map[string]ints{
		"Produce":   flux.Produce(func(_ ctx, emit func(int) error) error { return emit(1) }),
		"PublishOn": two(1).PublishOn(),
		"Create":    flux.Create(func(_ ctx, e *flux.Emitter[int]) { go func() { e.Next(1); e.Complete() }() }),
	}
	for name, first := range later {
		t.Run(name, func(t *testing.T) {
			for kind, next := range map[string]func(f func(int) ints) ints{
				"ConcatMap": func(f func(int) ints) ints { return flux.ConcatMap(flux.Just(1, 2), f) },
				"ConcatMap that prefetches": func(f func(int) ints) ints {
					return flux.ConcatMap(flux.Just(1, 2), f, flux.Prefetch(4))
				},
				"FlatMap": func(f func(int) ints) ints { return flux.FlatMap(flux.Just(1, 2), f, flux.Concurrency(1)) },
				"Concat":  func(f func(int) ints) ints { return flux.Concat[int](f(1), f(2)) },
			} {
				l := &lost{}
				src := next(func(v int) ints {
					if v == 1 {
						return first
					}
					return flux.Just(2)
				})
				ctx, cancel := context.WithTimeout(l.context(t.Context()), 5*time.Second)
				defer cancel()
				err := flux.Map(src, bad).Drain(ctx)
				require.ErrorIs(t, err, errBoom, kind)
				require.Empty(t, l.errors(), kind)
			}
		})
	}
}

// recursing is a foreign publisher that breaks rule 3.3: it sends 1, 2, 3, ... from
// inside of each Request, also of one that is made inside of OnNext.
type recursing struct {
	down      flux.Subscriber[int]
	sent      int
	cancelled bool
}

func (r *recursing) Subscribe(_ ctx, s flux.Subscriber[int]) { r.down = s; s.OnSubscribe(r) }
func (r *recursing) Request(int64)                           { r.sent++; r.down.OnNext(r.sent) }
func (r *recursing) Cancel()                                 { r.cancelled = true }

func TestPanicInsideARecursingPublisherIsTheErrorOfItsOperator(t *testing.T) {
	src, got := &recursing{}, 0
	s := &counting{each: func(up flux.Subscription) {
		got++
		up.Request(1)
	}}
	flux.Map(src, func(v int) int {
		if v == 3 {
			panic(errBoom)
		}
		return v
	}).Subscribe(t.Context(), s)
	require.Equal(t, 2, got)
	require.ErrorIs(t, s.err, errBoom)
	require.True(t, src.cancelled)
}

func TestPanicOfASubscriberInsideOnSubscribeIsNotThatOfAStage(t *testing.T) {
	l, src := &lost{}, &recursing{}
	s := &panicsAtOnce{}
	flux.Map(src, func(v int) int { return v }).Subscribe(l.context(context.Background()), s)
	require.NoError(t, s.err, "a subscriber that panicked gets nothing more (rule 2.13)")
	require.True(t, src.cancelled)
	require.Len(t, l.errors(), 1)
	require.ErrorIs(t, l.errors()[0], errBoom)
}

// panicsAtOnce panics when it is subscribed.
type panicsAtOnce struct{ counting }

func (*panicsAtOnce) OnSubscribe(flux.Subscription) { panic(errBoom) }

func TestPanicInsideTheEndOfEveryOperatorIsTheErrorOfItsStage(t *testing.T) {
	// Buffer sends its last list from inside OnComplete: the panic of what comes after
	// it comes out of the end of whatever stands above.
	sources := map[string]ints{
		"a list":   flux.Just(1, 2, 3),
		"Produce":  flux.Produce(func(_ ctx, emit func(int) error) error { return emit(1) }),
		"Generate": flux.Generate(func(ctx) int { return 1 }, func(n int, out *flux.Step[int]) int { out.Next(n); out.Complete(); return n }, nil),
		"Create":   flux.Create(func(_ ctx, e *flux.Emitter[int]) { e.Next(1); e.Complete() }),
	}
	ops := append(allOperators(), operator{name: "nothing", build: func(s ints) ints { return s }})
	for _, op := range ops {
		t.Run(op.name, func(t *testing.T) {
			for name, src := range sources {
				fluxtest.Run(t, func(t *testing.T) {
					l, sent := &lost{}, false
					lists := flux.Map(flux.Buffer(op.build(src), 100), func([]int) int { sent = true; panic(errBoom) })
					rec := fluxtest.NewRecorder[int](flux.Unbounded)
					require.NotPanics(t, func() { lists.Subscribe(l.context(t.Context()), rec) }, name)
					fluxtest.Advance(time.Hour)
					if sent && !rec.AssertErrorIs(t, errBoom) {
						t.Logf("source: %s, hooks: %v", name, l.errors())
					}
					if op.name == "nothing" {
						require.True(t, sent)
					}
					rec.AssertNoViolations(t)
					rec.Cancel()
				})
			}
		})
	}
}

func TestPanicOfTheSubscriberInsideItsEndStaysInside(t *testing.T) {
	for _, op := range allOperators() {
		t.Run(op.name, func(t *testing.T) {
			for name, src := range map[string]ints{
				"a list": flux.Just(1, 2, 3), "Empty": flux.Empty[int](), "Error": flux.Error[int](errBoom),
				"Produce": flux.Produce(func(_ ctx, emit func(int) error) error { return emit(1) }),
			} {
				fluxtest.Run(t, func(t *testing.T) {
					l := &lost{}
					s := &panicsAtTheEnd{}
					require.NotPanics(t, func() { op.build(src).Subscribe(l.context(t.Context()), s) }, name)
					fluxtest.Advance(time.Hour)
					if s.ended {
						require.NotEmpty(t, l.errors(), name)
					}
					s.up.Cancel()
				})
			}
		})
	}
}

func TestPanicOfTheSubscriberInsideTheLastValueIsNoStages(t *testing.T) {
	for _, op := range allOperators() {
		t.Run(op.name, func(t *testing.T) {
			fluxtest.Run(t, func(t *testing.T) {
				l, got := &lost{}, 0
				s := &counting{demand: flux.Unbounded, each: func(flux.Subscription) { got++; panic(errBoom) }}
				last := flux.Map(flux.Buffer(op.build(flux.Just(1, 2, 3)), 100), func([]int) int { return 1 })
				require.NotPanics(t, func() { last.Subscribe(l.context(t.Context()), s) })
				fluxtest.Advance(time.Hour)
				if got > 0 {
					require.NoError(t, s.err, "a subscriber that panicked gets nothing more (rule 2.13)")
				}
				require.Len(t, l.errors(), got)
				s.up.Cancel()
			})
		})
	}
}

// panicsAtTheEnd panics at its terminal.
type panicsAtTheEnd struct {
	up    flux.Subscription
	ended bool
}

func (p *panicsAtTheEnd) OnSubscribe(s flux.Subscription) { p.up = s; s.Request(flux.Unbounded) }
func (p *panicsAtTheEnd) OnNext(int)                      {}
func (p *panicsAtTheEnd) OnError(error)                   { p.OnComplete() }
func (p *panicsAtTheEnd) OnComplete()                     { p.ended = true; panic(errBoom) }
