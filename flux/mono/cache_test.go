package mono_test

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
	"github.com/freshet-go/freshet/flux/mono"
)

// counting gives 1, 2, ... to its subscriptions, each a second after it.
func counting(up *runs) one {
	n := 0
	return up.watch(mono.Defer(func(ctx) one { n++; return later(time.Second, n) }))
}

// ask subscribes with unbounded demand.
func ask(t *testing.T, m one) *fluxtest.Recorder[int] {
	rec := fluxtest.NewRecorder[int](flux.Unbounded)
	m.Subscribe(t.Context(), rec)
	return rec
}

func TestCacheRunsItsSourceOnce(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		up := &runs{}
		m := counting(up).Cache()
		require.Zero(t, up.count(), "nothing runs before somebody subscribes")
		a := ask(t, m)
		fluxtest.Advance(time.Second / 2)
		b := ask(t, m)
		fluxtest.Advance(time.Hour)
		c := ask(t, m)
		for _, rec := range []*fluxtest.Recorder[int]{a, b, c} {
			rec.AssertValues(t, 1)
			rec.AssertCompleted(t)
			rec.AssertNoViolations(t)
		}
		require.Equal(t, 1, up.count())
	})
}

func TestCacheKeepsErrorsAndEmptinessToo(t *testing.T) {
	up := &runs{}
	m := up.watch(mono.Error[int](errBoom)).Cache()
	for range 2 {
		_, err := m.Get(t.Context())
		require.ErrorIs(t, err, errBoom)
	}
	e := up.watch(mono.Empty[int]()).Cache()
	for range 2 {
		_, ok, err := e.GetOptional(t.Context())
		require.NoError(t, err)
		require.False(t, ok)
	}
	require.Equal(t, 2, up.count())
}

func TestCacheRunsOnWithoutSubscribers(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		up := &runs{}
		m := counting(up).Cache()
		a := ask(t, m)
		a.Cancel()
		fluxtest.Advance(time.Minute)
		a.AssertValues(t)
		require.Equal(t, []flux.SignalType{flux.SignalComplete}, up.ends())
		ask(t, m).AssertValues(t, 1)
		require.Equal(t, 1, up.count())
	})
}

func TestCacheForRunsAnewAfterItsTime(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		up := &runs{}
		m := counting(up).CacheFor(10 * time.Second)
		ask(t, m)
		fluxtest.Advance(10 * time.Second) // of which the source took one
		ask(t, m).AssertValues(t, 1)
		fluxtest.Advance(2 * time.Second)
		late := ask(t, m)
		late.AssertNotTerminated(t)
		fluxtest.Advance(time.Second)
		late.AssertValues(t, 2)
		require.Equal(t, 2, up.count())
	})
}

func TestCacheByAsksForTheTimeOfEachOutcome(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		n := 0
		m := mono.FromFunc(func(ctx) (int, error) {
			if n++; n == 1 {
				return 0, errBoom
			}
			return n, nil
		}).CacheBy(func(s flux.Signal[int]) time.Duration {
			if s.Type == flux.SignalError {
				return 0
			}
			return time.Hour
		})
		ask(t, m).AssertErrorIs(t, errBoom)
		ask(t, m).AssertValues(t, 2)
		fluxtest.Advance(time.Minute)
		ask(t, m).AssertValues(t, 2)
		fluxtest.Advance(time.Hour)
		ask(t, m).AssertValues(t, 3)
	})
}

func TestCacheOfAnOutcomeThatIsNotKeptGoesToThoseThatWait(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		up := &runs{}
		m := counting(up).CacheFor(0)
		a, b := ask(t, m), ask(t, m)
		fluxtest.Advance(time.Second)
		a.AssertValues(t, 1)
		b.AssertValues(t, 1)
		c := ask(t, m)
		fluxtest.Advance(time.Second)
		c.AssertValues(t, 2)
	})
}

func TestCacheInvalidateIfAsksEachTime(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		up := &runs{}
		stale := false
		m := counting(up).CacheInvalidateIf(func(int) bool { return stale })
		a := ask(t, m)
		fluxtest.Advance(time.Second)
		a.AssertValues(t, 1)
		ask(t, m).AssertValues(t, 1)
		stale = true
		b := ask(t, m)
		b.AssertNotTerminated(t)
		fluxtest.Advance(time.Second)
		b.AssertValues(t, 2)
	})
}

func TestInvalidatedValueIsDiscardedOnce(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		for name, m := range map[string]one{
			"CacheInvalidateIf": counting(&runs{}).CacheInvalidateIf(func(v int) bool { return v == 1 }),
			"CacheInvalidateWhen": mono.CacheInvalidateWhen(counting(&runs{}), func(v int) mono.Mono[int64] {
				return mono.Delay(time.Duration(v*v*v) * time.Second)
			}),
		} {
			l := &lost{}
			for range 3 {
				rec := fluxtest.NewRecorder[int](1)
				m.Subscribe(l.context(t.Context()), rec)
				fluxtest.Advance(3 * time.Second)
			}
			_, discarded := l.values()
			ones := slices.DeleteFunc(discarded, func(v any) bool { return v != any(1) })
			require.Len(t, ones, 1, name)
		}
		fluxtest.Advance(time.Hour)
	})
}

func TestCacheInvalidateIfKeepsOnlyValues(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		n := 0
		m := mono.Defer(func(ctx) one {
			n++
			return []one{mono.Error[int](errBoom), mono.Empty[int](), just(7)}[n-1]
		}).CacheInvalidateIf(func(int) bool { return false })
		ask(t, m).AssertErrorIs(t, errBoom)
		ask(t, m).AssertErrorIs(t, flux.ErrEmpty)
		ask(t, m).AssertValues(t, 7)
		ask(t, m).AssertValues(t, 7)
		require.Equal(t, 3, n)
	})
}

func TestCacheInvalidateWhenDropsTheValueAtItsSignal(t *testing.T) {
	for name, until := range map[string]func(int) flux.Flux[string]{
		"value": func(int) flux.Flux[string] {
			return flux.Map(flux.Interval(time.Minute), func(int64) string { return "" })
		},
		"completion": func(int) flux.Flux[string] { return flux.Empty[string]().DelaySubscription(time.Minute) },
		"error":      func(int) flux.Flux[string] { return flux.Error[string](errBoom).DelaySubscription(time.Minute) },
	} {
		t.Run(name, func(t *testing.T) {
			fluxtest.Run(t, func(t *testing.T) {
				up := &runs{}
				m := mono.CacheInvalidateWhen(counting(up), until)
				a := ask(t, m)
				fluxtest.Advance(time.Minute)
				a.AssertValues(t, 1)
				ask(t, m).AssertValues(t, 1)
				fluxtest.Advance(2 * time.Second)
				b := ask(t, m)
				fluxtest.Advance(2 * time.Second)
				b.AssertValues(t, 2)
				fluxtest.Advance(time.Hour)
			})
		})
	}
}

func TestSourceOfASharedMonoIsCancelledWithTheLastThatWaits(t *testing.T) {
	never := func(int) bool { return false }
	for name, share := range map[string]func(m one) one{
		"Share":             func(m one) one { return m.Share() },
		"CacheInvalidateIf": func(m one) one { return m.CacheInvalidateIf(never) },
		"CacheInvalidateWhen": func(m one) one {
			return mono.CacheInvalidateWhen(m, func(int) one { return mono.Never[int]() })
		},
	} {
		t.Run(name, func(t *testing.T) {
			fluxtest.Run(t, func(t *testing.T) {
				up := &runs{}
				m := share(counting(up))
				a, b := ask(t, m), ask(t, m)
				a.Cancel()
				require.Empty(t, up.ends())
				b.Cancel()
				require.Equal(t, []flux.SignalType{flux.SignalCancel}, up.ends())
				c := ask(t, m)
				fluxtest.Advance(time.Second)
				c.AssertValues(t, 2)
				require.Equal(t, 2, up.count())
				a.AssertNotTerminated(t)
			})
		})
	}
}

func TestShareGivesItsOutcomeToThoseThatComeLater(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		up := &runs{}
		m := counting(up).Share()
		ask(t, m)
		fluxtest.Advance(time.Hour)
		ask(t, m).AssertValues(t, 1)
		require.Equal(t, 1, up.count())
	})
}

func TestCachedRunKeepsTheValuesOfTheContextAndNotItsEnd(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		type key struct{}
		var seen any
		m := later(time.Second, 1).Tap(func(c ctx) flux.Listener[int] {
			seen = c.Value(key{})
			return flux.Listener[int]{}
		}).Cache()
		first, cancel := contextWith(t, key{}, "of the first")
		a := fluxtest.NewRecorder[int](1)
		m.Subscribe(first, a)
		b := ask(t, m)
		cancel()
		fluxtest.Advance(time.Minute)
		a.AssertNotTerminated(t)
		b.AssertValues(t, 1)
		require.Equal(t, "of the first", seen)
	})
}

func TestPanicOfAPolicyIsTheErrorOfThoseItConcerns(t *testing.T) {
	for name, cache := range map[string]func(m one) one{
		"CacheBy": func(m one) one { return m.CacheBy(func(flux.Signal[int]) time.Duration { panic(errBoom) }) },
		"CacheInvalidateWhen": func(m one) one {
			return mono.CacheInvalidateWhen(m, func(int) one { panic(errBoom) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			up := &runs{}
			m := cache(up.watch(just(1)))
			for i := range 2 {
				_, err := m.Get(t.Context())
				require.ErrorIs(t, err, errBoom)
				require.ErrorAs(t, err, new(*flux.PanicError))
				require.Equal(t, i+1, up.count(), "nothing is kept")
			}
		})
	}
	t.Run("CacheInvalidateIf", func(t *testing.T) {
		up := &runs{}
		m := up.watch(just(1)).CacheInvalidateIf(func(int) bool { panic(errBoom) })
		v, err := m.Get(t.Context())
		require.NoError(t, err)
		require.Equal(t, 1, v)
		_, err = m.Get(t.Context())
		require.ErrorIs(t, err, errBoom)
		_, err = m.Get(t.Context())
		require.NoError(t, err)
		require.Equal(t, 2, up.count())
	})
}

func TestPanicOfOneSubscriberDoesNotReachTheOthers(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		l := &lost{}
		m := later(time.Second, 1).Cache()
		s := &bad{}
		m.Subscribe(l.context(t.Context()), s)
		b := ask(t, m)
		fluxtest.Advance(time.Minute)
		b.AssertValues(t, 1)
		b.AssertCompleted(t)
		require.Len(t, l.errors(), 1)
	})
}

func TestCacheUnderRacingSubscribersAndCancels(t *testing.T) {
	for name, cache := range map[string]func(m one) one{
		"Cache":    func(m one) one { return m.Cache() },
		"CacheFor": func(m one) one { return m.CacheFor(50 * time.Microsecond) },
		"Share":    func(m one) one { return m.Share() },
		"CacheInvalidateIf": func(m one) one {
			var n atomic.Int32
			return m.CacheInvalidateIf(func(int) bool { return n.Add(1)%3 == 0 })
		},
		"CacheInvalidateWhen": func(m one) one {
			return mono.CacheInvalidateWhen(m, func(int) mono.Mono[int64] { return mono.Delay(20 * time.Microsecond) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := cache(mono.Create(func(_ ctx, e *mono.Emitter[int]) { go e.Success(1) }))
			var all sync.WaitGroup
			for i := range 8 {
				all.Go(func() {
					for j := range 200 {
						rec := fluxtest.NewRecorder[int](1)
						m.Subscribe(t.Context(), rec)
						if (i+j)%3 == 0 {
							rec.Cancel()
							continue
						}
						<-rec.Done()
						rec.AssertValues(t, 1)
						rec.AssertNoViolations(t)
					}
				})
			}
			all.Wait()
		})
	}
}

func TestPublishRunsItsSourceOnceForAllUses(t *testing.T) {
	up := &runs{}
	m := mono.Publish(counting(up), func(n one) one {
		return mono.Zip2(n, mono.Map(n, func(v int) int { return 10 * v }), func(a, b int) int { return a + b })
	})
	fluxtest.Run(t, func(t *testing.T) {
		a, b := ask(t, m), ask(t, m)
		fluxtest.Advance(time.Second)
		a.AssertValues(t, 11)
		b.AssertValues(t, 22)
		require.Equal(t, 2, up.count(), "once for each subscription")
	})
	_, err := mono.Publish(just(1), func(one) one { panic(errBoom) }).Get(t.Context())
	require.True(t, errors.Is(err, errBoom))
}
