package ssehttp

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
)

const mebibyte = 1 << 20

// hands gives every path a publisher of its own.
type hands map[string]*hand

func (hs hands) handler(r *Request) (flux.Publisher[Event], error) {
	if h := hs[r.Path()]; h != nil {
		return h, nil
	}
	return nil, Status(404, "no such hand")
}

// deaf opens a stream whose client does not read, and sends it n events of a
// mebibyte, of which the kernel takes a few.
func (s *served) deaf(path string, h *hand, n int) *client {
	s.t.Helper()
	c := s.get(path)
	h.subscribed(s.t)
	big := encoded(s.t, data(strings.Repeat("x", mebibyte)))
	for range n {
		h.sub.OnNext(big)
	}
	return c
}

// reads sees that a client that keeps up gets what is sent, one by one.
func (c *client) reads(s *served, h *hand, n int) {
	c.t.Helper()
	from := h.requested.Load() // what was asked and sent before
	for i := range n {
		s.eventually("demand", func() bool { return h.requested.Load() > int64(i) })
		h.sub.OnNext(data(fmt.Sprint(from, i)))
		require.Equal(c.t, fmt.Sprintf("data: %d %d|", from, i), c.event())
	}
}

func TestAClientForWhichMoreWaitsThanMayIsEvictedAlone(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		hs := hands{"/deaf": newHand(), "/": newHand()}
		w := &witness{}
		s := tr.serve(t, Options{Window: 64, Hooks: []Hook{w}, Limits: Limits{PendingPerStream: 2 * mebibyte}}, hs.handler)
		c := s.get("/").open()
		hs["/"].subscribed(t)
		s.deaf("/deaf", hs["/deaf"], 24)
		hs["/deaf"].cancelled(t)
		s.eventually("the close is counted, and nothing waits", func() bool {
			st := s.Stats()
			return st.Closed(Evicted) == 1 && st.Pending == 0
		})
		c.reads(s, hs["/"], 10)
		s.eventually("the hook", func() bool { return w.count("closed") == 1 })
		assert.Equal(t, Evicted, w.seen().closed[0].Reason)
		assert.Equal(t, "/deaf", w.seen().closed[0].Path)
	})
}

func TestTheClientForWhichMostWaitsIsEvictedFirst(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		hs := hands{"/most": newHand(), "/less": newHand(), "/": newHand()}
		s := tr.serve(t, Options{Window: 64, Limits: Limits{PendingHard: 24 * mebibyte}}, hs.handler)
		c := s.get("/").open()
		hs["/"].subscribed(t)
		s.deaf("/most", hs["/most"], 22)
		s.eventually("it waits", func() bool { return s.Stats().Pending > 14*mebibyte })
		assert.Zero(t, s.Stats().Closed(Evicted))
		s.deaf("/less", hs["/less"], 15)
		hs["/most"].cancelled(t)
		s.eventually("less waits", func() bool { return s.Stats().Pending < 24*mebibyte })
		c.reads(s, hs["/"], 10)
		assert.EqualValues(t, 1, s.Stats().Closed(Evicted))
		assert.Zero(t, hs["/less"].cancels.Load())
	})
}

func TestAMultitudeThatTakesNothingIsEvictedUntilEnoughIsLeft(t *testing.T) {
	for _, tr := range transports[:2] {
		t.Run(tr.name, func(t *testing.T) {
			const n = 20
			s := tr.serve(t, Options{Limits: Limits{PendingHard: 16 * mebibyte}}, func(r *Request) (flux.Publisher[Event], error) {
				if r.Path() == "/" {
					return flux.Map(flux.Range(1, 500), func(n int) Event { return data(fmt.Sprint(n)) }), nil
				}
				large := data(strings.Repeat("x", 3*mebibyte/8))
				return flux.Map(flux.Range(1, 1<<30), func(int) Event { return large }), nil
			})
			for range n {
				c := s.dial()
				shrink(t, c, 4<<10)
				c.send("GET /flood HTTP/1.1\r\nHost: x\r\n\r\n")
			}
			s.eventually("most are evicted", func() bool {
				st := s.Stats()
				return st.Accepted == n && st.Closed(Evicted) >= n/2 && st.Pending <= 16*mebibyte
			})
			assert.Equal(t, 500, strings.Count(s.get("/").open().rest(), "\n\n"))
			assert.Positive(t, s.Stats().Live)
		})
	}
}

// burdened makes a server believe that n bytes wait for other clients.
func (s *served) burdened(n int64) (relief func()) {
	s.waits(n)
	return func() { s.waits(-n) }
}

func TestWhileTooMuchWaitsOnlyThoseThatKeepUpAreAskedForMore(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		hs := hands{"/slow": newHand(), "/": newHand()}
		s := tr.serve(t, Options{Limits: Limits{PendingSoft: mebibyte}}, hs.handler)
		defer s.burdened(2 * mebibyte)()
		c := s.get("/").open()
		hs["/"].subscribed(t)
		slow := s.deaf("/slow", hs["/slow"], firstDemand)
		s.eventually("it lags", func() bool { return s.Stats().Pending > 3*mebibyte })
		c.reads(s, hs["/"], 200)
		assert.EqualValues(t, firstDemand, hs["/slow"].requested.Load())
		slow.open()
		for i := range firstDemand {
			if i == firstDemand-1 && tr.network == "unix" { // of its kernel we know that it does not take the last one whole
				s.eventually("half of the window is used up", func() bool { return s.Stats().Withheld > 0 })
				assert.EqualValues(t, firstDemand, hs["/slow"].requested.Load())
			}
			require.Len(t, slow.event(), len("data: |")+mebibyte)
		}
		s.eventually("it is asked again", func() bool { return hs["/slow"].requested.Load() > firstDemand })
	})
}

func TestDemandThatWasWithheldIsAskedForWhenTheClientHasCaughtUp(t *testing.T) {
	s := New(Options{Window: 8, Limits: Limits{PendingSoft: 100}})
	c, h := &conn{}, newHand()
	c.init(s, discarding{})
	c.holds.Store(1 << 20) // the server is not to be told
	c.OnSubscribe(h)
	asked := func(n int64, why string) {
		t.Helper()
		require.Eventually(t, func() bool { return c.owed.Load() == 0 && h.requested.Load() == n }, patient, time.Millisecond, why)
	}
	c.progress(1, 10, true)
	s.waits(101)
	c.progress(5, 50, true)
	asked(8, "nothing was due, and then too much waited and the stream lagged")
	assert.EqualValues(t, 1, s.Stats().Withheld)
	c.progress(1, 10, false)
	asked(15, "it has caught up")
	c.progress(6, 60, true)
	asked(15, "it lags again")
	s.waits(-1)
	c.progress(1, 10, true)
	asked(22, "less waits")
	assert.EqualValues(t, 2, s.Stats().Withheld)
}

func TestAmongThoseThatLagTheDeadGoBeforeTheLarge(t *testing.T) {
	dead := laggard{bytes: 64 << 10, idle: 20 * time.Second}
	large := laggard{bytes: mebibyte, idle: time.Millisecond}
	assert.Greater(t, dead.weight(), large.weight())
	assert.Greater(t, large.weight(), laggard{bytes: mebibyte - 1, idle: time.Millisecond}.weight())
}

func TestLimitsOnWhatWaitsThatCannotWorkAreNamed(t *testing.T) {
	for want, l := range map[string]Limits{
		"Limits.PendingPerStream is -1; it must be a number of bytes": {PendingPerStream: -1},
		"Limits.PendingSoft is -2":                                    {PendingSoft: -2},
		"Limits.PendingHard is -3":                                    {PendingHard: -3},
		"Limits.PendingSoft is 9 and PendingHard 8; demand must stop": {PendingSoft: 9, PendingHard: 8},
	} {
		err := Options{Limits: l}.Validate()
		assert.ErrorIs(t, err, ErrInvalidOptions)
		assert.ErrorContains(t, err, want)
	}
	assert.NoError(t, Options{Limits: Limits{PendingSoft: 9}}.Validate())
}

func TestAStreamOfHTTP2IsEvictedToo(t *testing.T) {
	s := New(Options{Window: 64, Limits: Limits{PendingPerStream: mebibyte}})
	h := newHand()
	url, client := behindMiddleware(t, true, s, h.handler)
	get(t, client, url+"/events/x")
	h.subscribed(t)
	big := data(strings.Repeat("x", mebibyte))
	for range 16 {
		h.sub.OnNext(big)
	}
	h.cancelled(t)
	require.Eventually(t, func() bool { return s.Stats().Closed(Evicted) == 1 && s.Stats().Pending == 0 }, patient, time.Millisecond)
}
