package ssehttp

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
)

// witness is a hook that notes everything.
type witness struct {
	mu      sync.Mutex
	told    []string // in which order
	opened  []StreamInfo
	closed  []StreamClosed
	refused []RequestRefused
	stalled []StreamInfo
	resumed []StreamResumed
	turns   []ShardTurn
}

func (w *witness) note(what string, f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told = append(w.told, what)
	f()
}

func (w *witness) OnStreamOpened(s StreamInfo) {
	w.note("opened", func() { w.opened = append(w.opened, s) })
}

func (w *witness) OnStreamClosed(s StreamClosed) {
	w.note("closed", func() { w.closed = append(w.closed, s) })
}

func (w *witness) OnRequestRefused(r RequestRefused) {
	w.note("refused", func() { w.refused = append(w.refused, r) })
}

func (w *witness) OnStreamStalled(s StreamInfo) {
	w.note("stalled", func() { w.stalled = append(w.stalled, s) })
}

func (w *witness) OnStreamResumed(s StreamResumed) {
	w.note("resumed", func() { w.resumed = append(w.resumed, s) })
}

// seen is what was noted so far, for a test to read while more comes.
func (w *witness) seen() *witness {
	w.mu.Lock()
	defer w.mu.Unlock()
	return &witness{
		told: slices.Clone(w.told), opened: slices.Clone(w.opened), closed: slices.Clone(w.closed),
		refused: slices.Clone(w.refused), stalled: slices.Clone(w.stalled), resumed: slices.Clone(w.resumed), turns: slices.Clone(w.turns),
	}
}

// turnWitness is a hook of one kind.
type turnWitness struct{ events, bytes, turns, shard atomic.Int64 }

func (w *turnWitness) OnShardTurn(t ShardTurn) {
	w.turns.Add(1)
	w.shard.Store(int64(t.Shard))
	w.events.Add(t.Events)
	w.bytes.Add(t.Bytes)
}

func (w *witness) count(what string) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, t := range w.told {
		if t == what {
			n++
		}
	}
	return n
}

func TestHooksHearOfAStreamFromItsOpeningToItsEnd(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		w := &witness{}
		h := newHand()
		s := tr.serve(t, Options{Hooks: []Hook{w}}, h.handler)
		c := s.get("/prices?x=1").open()
		h.subscribed(t).sub.OnNext(data("1"))
		assert.Equal(t, "data: 1|", c.event())
		s.eventually("the opening", func() bool { return w.count("opened") == 1 })
		h.sub.OnComplete()
		c.rest()
		s.eventually("the end", func() bool { return w.count("closed") == 1 })

		assert.Equal(t, []string{"opened", "closed"}, w.told)
		opened, closed := w.seen().opened[0], w.seen().closed[0]
		assert.Equal(t, "/prices", opened.Path)
		assert.Equal(t, uint64(1), opened.ID)
		assert.WithinDuration(t, time.Now(), opened.Opened, patient)
		if tr.network == "tcp" {
			assert.Equal(t, c.LocalAddr().String(), opened.RemoteAddr)
		}
		assert.Equal(t, opened.ID, closed.ID)
		assert.Equal(t, Completed, closed.Reason)
		assert.Equal(t, int64(1), closed.Events)
		s.eventually("the bytes are counted", func() bool { return s.Stats().Bytes == closed.Bytes })
		assert.Positive(t, closed.Lasted)
		assert.Less(t, closed.Lasted, patient)
	})
}

func TestAHookHearsOfARefusal(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		w := &witness{}
		s := tr.serve(t, Options{Hooks: []Hook{w}}, func(*Request) (flux.Publisher[Event], error) {
			return nil, Status(403, "not you")
		})
		status, _ := s.get("/secret", "Connection: close").head()
		assert.Contains(t, status, "403")
		s.eventually("the refusal", func() bool { return w.count("refused") == 1 })
		r := w.seen().refused[0]
		assert.Equal(t, "/secret", r.Path)
		assert.Equal(t, RefusedByHandler, r.Cause)
		assert.Equal(t, 403, r.Status)
		assert.EqualError(t, r.Err, "403 Forbidden: not you")
	})
}

func TestAHookHearsOfAClientThatStallsAndGoesOn(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		w := &witness{}
		h := newHand()
		s := tr.serve(t, Options{Hooks: []Hook{w}, Window: 1 << 20}, h.handler)
		c := s.get("/slow").open()
		h.subscribed(t)
		text := strings.Repeat("x", 1<<20)
		for range 16 {
			h.sub.OnNext(data(text))
		}
		s.eventually("the stall", func() bool { return w.count("stalled") > 0 })
		assert.Positive(t, w.seen().stalled[0].Pending)
		assert.Equal(t, "/slow", w.seen().stalled[0].Path)
		s.eventually("what waits is counted", func() bool { return s.Stats().Pending > 0 && s.Stats().Stalls > 0 })

		list := s.Streams(10)
		require.Len(t, list, 1)
		assert.Positive(t, list[0].Pending)
		assert.Equal(t, w.seen().opened[0].ID, list[0].ID)

		for range 16 {
			assert.Len(t, c.event(), len("data: |")+len(text))
		}
		s.eventually("it goes on", func() bool { return w.count("resumed") > 0 })
		assert.Positive(t, w.seen().resumed[0].Stalled)
		s.eventually("nothing waits", func() bool { return s.Stats().Pending == 0 })
		assert.Equal(t, "stalled", w.seen().told[1])
	})
}

func TestNothingWaitsForAClientThatWasClosedWhileItStalled(t *testing.T) {
	for _, tr := range transports[:3] {
		t.Run(tr.name, func(t *testing.T) {
			h := newHand()
			s := tr.serve(t, Options{StallTimeout: time.Second, Window: 1 << 20}, h.handler)
			c := s.dial()
			c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
			c.open()
			h.subscribed(t)
			for range 16 {
				h.sub.OnNext(data(strings.Repeat("x", 1<<20)))
			}
			s.eventually("what waits is counted", func() bool { return s.Stats().Pending > 0 })
			h.cancelled(t)
			s.eventually("nothing waits", func() bool { return s.Stats().Pending == 0 })
			assert.Equal(t, int64(1), s.Stats().Closed(Stalled))
		})
	}
}

func TestTurnsAreToldWithWhatTheyWrote(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		w := &turnWitness{}
		h := newHand()
		s := tr.serve(t, Options{Hooks: []Hook{w}}, h.handler)
		c := s.get("/").open()
		h.subscribed(t).sub.OnNext(data("1"))
		c.event()
		s.eventually("all of it", func() bool {
			return w.events.Load() == 1 && w.bytes.Load() == s.Stats().Bytes && w.turns.Load() > 1
		})
		list := s.Streams(1)
		require.Len(t, list, 1)
		assert.Equal(t, list[0].Shard < 0, w.shard.Load() < 0, "the shard's turns, or the stream's own")
		if list[0].Shard >= 0 {
			s.hasWorked()
		}
	})
}

// hasWorked looks at the figures of the shards, of which one has a connection.
func (s *served) hasWorked() {
	st := s.Stats()
	require.Len(s.t, st.Shards, runtime.GOMAXPROCS(0))
	var sum ShardStats
	for _, sh := range st.Shards {
		sum.Connections += sh.Connections
		sum.Turns += sh.Turns
		sum.Busy += sh.Busy
		sum.LongestTurn = max(sum.LongestTurn, sh.LongestTurn)
	}
	assert.Equal(s.t, int64(1), sum.Connections)
	assert.Positive(s.t, sum.Turns)
	assert.Positive(s.t, sum.Busy)
	assert.Positive(s.t, sum.LongestTurn)
	assert.LessOrEqual(s.t, sum.LongestTurn, sum.Busy)
}

type hookFunc func(StreamInfo)

func (f hookFunc) OnStreamOpened(s StreamInfo) { f(s) }

func TestAHookThatPanicsIsLoggedOnceAndCalledAgain(t *testing.T) {
	var calls atomic.Int64
	w := &witness{}
	s := transports[0].serve(t, Options{Hooks: []Hook{hookFunc(func(StreamInfo) {
		calls.Add(1)
		panic("oh")
	}), w}}, of(flux.Never[Event]()))
	s.get("/").open()
	s.get("/").open()
	s.eventually("both", func() bool { return calls.Load() == 2 && w.count("opened") == 2 })
	assert.Equal(t, 1, strings.Count(s.log.String(), "a hook panicked"))
}

func TestAHookThatEndsItsGoroutineIsCalledAgain(t *testing.T) {
	var calls atomic.Int64
	s := transports[0].serve(t, Options{Hooks: []Hook{hookFunc(func(StreamInfo) {
		calls.Add(1)
		runtime.Goexit()
	})}}, of(flux.Never[Event]()))
	s.get("/").open()
	s.get("/").open()
	s.eventually("both", func() bool { return calls.Load() == 2 })
}

func TestAHookThatBlocksHoldsUpNobody(t *testing.T) {
	free := make(chan struct{})
	defer close(free)
	w := &witness{}
	s := New(Options{Hooks: []Hook{hookFunc(func(StreamInfo) { <-free }), w}})
	for range mostNotices + 10 {
		c := &conn{}
		c.init(s, &stream{conn: c})
		c.tellOpened()
	}
	require.Eventually(t, func() bool { return w.count("opened") > 0 }, patient, time.Millisecond)
	missed := s.Stats().HooksMissed
	assert.GreaterOrEqual(t, missed, int64(9), "one notice may be in the hook's hands")
	assert.Less(t, missed, int64(mostNotices))

	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	assert.NoError(t, s.Shutdown(ctx))
}

func TestShutdownWaitsUntilTheHooksHaveHeardOfIt(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		w := &witness{}
		s := tr.serve(t, Options{Hooks: []Hook{w}}, of(flux.Never[Event]()))
		for range 5 {
			s.get("/").open()
		}
		require.NoError(t, s.Shutdown(context.Background()))
		assert.Equal(t, 5, w.count("closed"))
		assert.Equal(t, ShutDown, w.seen().closed[4].Reason)
	})
}

func TestAValueThatHearsNothingIsNoHook(t *testing.T) {
	err := Options{Hooks: []Hook{&witness{}, 42}}.Validate()
	require.ErrorIs(t, err, ErrInvalidOptions)
	assert.ErrorContains(t, err, "Hooks[1] is a int, which implements no hook")
	assert.ErrorContains(t, Options{Hooks: []Hook{nil}}.Validate(), "Hooks[0]")
}

func TestTheLogHookWritesALineForEach(t *testing.T) {
	lines := &logLines{}
	hook := LogHook(slog.New(slog.NewTextHandler(lines, nil)), slog.LevelInfo)
	s := transports[0].serve(t, Options{Hooks: []Hook{hook}}, func(r *Request) (flux.Publisher[Event], error) {
		if r.Path() == "/no" {
			return nil, Status(404, "no such stream")
		}
		return flux.Just(data("1")), nil
	})
	s.get("/yes").open().rest()
	s.get("/no").head()
	s.eventually("three lines", func() bool { return strings.Count(lines.String(), "\n") == 3 })
	text := lines.String()
	assert.Regexp(t, `level=INFO msg="stream opened" stream=1 path=/yes remote=127.0.0.1:\d+\n`, text)
	assert.Regexp(t, `level=INFO msg="stream closed" stream=1 path=/yes remote=127.0.0.1:\d+ reason=completed lasted=\S+ events=1 bytes=\d+\n`, text)
	assert.Regexp(t, `level=INFO msg="request refused" path=/no remote=127.0.0.1:\d+ cause=handler status=404 error=".*no such stream"\n`, text)
}

func TestErrorsThatAPipelineDropsAreLoggedWithThePath(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		h := newHand()
		s := tr.serve(t, Options{}, func(*Request) (flux.Publisher[Event], error) {
			return flux.Map(flux.From[Event](h), func(e Event) Event { return e }), nil
		})
		c := s.get("/orders").open()
		h.subscribed(t)
		h.sub.OnComplete()
		c.rest()
		h.sub.OnError(errors.New("too late"))
		s.eventually("the line", func() bool { return strings.Contains(s.log.String(), "too late") })
		assert.Contains(t, s.log.String(), "path=/orders")
		assert.Equal(t, int64(1), s.Stats().ErrorsDropped)
	})
}

func TestErrorsAreDroppedIntoTheHooksOfTheContextIfItHasAny(t *testing.T) {
	var dropped atomic.Value
	ctx := flux.WithHooks(context.Background(), flux.Hooks{ErrorDropped: func(err error) { dropped.Store(err) }})
	h := newHand()
	s := transports[0].serve(t, Options{Context: ctx}, func(*Request) (flux.Publisher[Event], error) {
		return flux.Map(flux.From[Event](h), func(e Event) Event { return e }), nil
	})
	c := s.get("/orders").open()
	h.subscribed(t)
	h.sub.OnComplete()
	c.rest()
	h.sub.OnError(errors.New("too late"))
	s.eventually("the hook", func() bool { return dropped.Load() != nil })
	assert.NotContains(t, s.log.String(), "too late")
	assert.Zero(t, s.Stats().ErrorsDropped)
}

func TestHooksOfTheContextThatLeaveErrorsAloneStay(t *testing.T) {
	var lost atomic.Value
	ctx := flux.WithHooks(context.Background(), flux.Hooks{NextDropped: func(v any) { lost.Store(v) }})
	h := newHand()
	s := transports[0].serve(t, Options{Context: ctx}, func(*Request) (flux.Publisher[Event], error) {
		return flux.Map(flux.From[Event](h), func(e Event) Event { return e }), nil
	})
	c := s.get("/orders").open()
	h.subscribed(t)
	h.sub.OnComplete()
	c.rest()
	h.sub.OnNext(data("late"))
	h.sub.OnError(errors.New("too late"))
	s.eventually("both", func() bool { return lost.Load() != nil && strings.Contains(s.log.String(), "path=/orders") })
}
