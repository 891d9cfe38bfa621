package flux_test

import (
	"context"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

// numbered is a source whose values say of which run they are: run*lane + number.
// It watches that no two runs are under way at a time.
type numbered struct {
	t      *testing.T
	runs   atomic.Int32
	active atomic.Int32
}

func (s *numbered) flux(n int) ints {
	return flux.Defer(func(context.Context) ints {
		if s.active.Add(1) > 1 {
			s.t.Error("two runs of the source at a time")
		}
		var once sync.Once // a cancel may meet the completion
		over := func() { once.Do(func() { s.active.Add(-1) }) }
		return sender(int(s.runs.Add(1)), n).DoOnComplete(over).DoOnCancel(func() {
			runtime.Gosched()
			over()
		})
	})
}

// guest is a subscriber that asks for a few values at a time, half of the time
// inside OnNext, and leaves when it has had enough. Its fields belong to whoever
// owns its signals.
type guest struct {
	t         *testing.T
	up        flux.Subscription
	requested atomic.Int64
	inside    atomic.Int32
	over      chan struct{}

	reenter  bool
	leaveAt  int
	got      int
	previous int
	ended    bool
	bring    func() // called at the third value: subscribes another
}

func newGuest(t *testing.T) *guest {
	return &guest{t: t, over: make(chan struct{}), reenter: rand.IntN(2) == 0, leaveAt: 1 + rand.IntN(80)}
}

func (g *guest) request(n int64) {
	g.requested.Add(n)
	g.up.Request(n)
}

func (g *guest) signal(what string) func() {
	if g.inside.Add(1) != 1 {
		g.t.Errorf("%s beside another signal", what)
	}
	if g.ended {
		g.t.Errorf("%s after the end", what)
	}
	return func() { g.inside.Add(-1) }
}

func (g *guest) OnSubscribe(s flux.Subscription) {
	g.up = s
	g.request(1 + rand.Int64N(3))
}

func (g *guest) OnNext(v int) {
	defer g.signal("OnNext")()
	g.got++
	if int64(g.got) > g.requested.Load() {
		g.t.Errorf("value %d with a demand of %d", g.got, g.requested.Load())
	}
	if g.got > 1 && v != g.previous+1 {
		g.t.Errorf("%d after %d", v, g.previous)
	}
	g.previous = v
	if g.got == 3 && g.bring != nil {
		g.bring()
	}
	if g.got == g.leaveAt {
		g.up.Cancel()
	} else if g.reenter {
		g.request(1)
	}
}

func (g *guest) OnError(err error) {
	defer g.signal("OnError")()
	g.t.Errorf("nobody disconnects who is subscribed, but: %v", err)
	g.end()
}

func (g *guest) OnComplete() {
	defer g.signal("OnComplete")()
	g.end()
}

func (g *guest) end() {
	g.ended = true
	close(g.over)
}

// visit asks on for a while, and leaves.
func (g *guest) visit(src ints) {
	src.Subscribe(g.t.Context(), g)
	for range rand.IntN(30) {
		select {
		case <-g.over:
			return
		case <-time.After(time.Duration(rand.IntN(20)) * time.Microsecond):
			g.request(1 + rand.Int64N(4))
		}
	}
	g.up.Cancel()
}

func TestWhoComesAndGoesOverASharedSourceSeesOneRunWithoutGaps(t *testing.T) {
	const values = 60
	for name, share := range map[string]func(ints) ints{
		"publish, refCount":        func(s ints) ints { return s.Publish(flux.Prefetch(4)).RefCount(1) },
		"publish, refCount of 2":   func(s ints) ints { return s.Publish().RefCount(2) },
		"publish, grace":           func(s ints) ints { return s.Publish().RefCountGrace(1, 15*time.Microsecond) },
		"replay, refCount":         func(s ints) ints { return s.Replay().RefCount(1) },
		"replay of 5, refCount":    func(s ints) ints { return s.ReplayLast(5).RefCount(1) },
		"replay of 5, grace":       func(s ints) ints { return s.ReplayLast(5).RefCountGrace(2, 15*time.Microsecond) },
		"replay of 10 µs, grace":   func(s ints) ints { return s.ReplayFor(10*time.Microsecond).RefCountGrace(1, 15*time.Microsecond) },
		"replay of 10 µs, connect": func(s ints) ints { return s.ReplayFor(10 * time.Microsecond).AutoConnect(2) },
	} {
		t.Run(name, func(t *testing.T) {
			for range rounds() / 4 {
				fluxtest.Run(t, func(t *testing.T) {
					source := &numbered{t: t}
					shared := share(source.flux(values))
					var all, brought sync.WaitGroup
					for range 6 {
						all.Go(func() {
							for range 12 {
								g := newGuest(t)
								if rand.IntN(4) == 0 {
									g.bring = func() { brought.Go(func() { newGuest(t).visit(shared) }) }
								}
								g.visit(shared)
							}
						})
					}
					all.Wait()
					brought.Wait()
					time.Sleep(time.Second)
					synctest.Wait()
					require.NotZero(t, source.runs.Load())
					require.Zero(t, source.active.Load(), "all have left")
				})
			}
		})
	}
}
