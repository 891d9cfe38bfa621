package ssehttp

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
)

func TestTheFirstDemandIsSmallAndIsRefilledAsBytesLeave(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		h := newHand()
		s := tr.serve(t, Options{}, h.handler)
		c := s.get("/").open()
		h.subscribed(t)
		assert.EqualValues(t, firstDemand, h.requested.Load())
		for i := range 1000 {
			s.eventually("demand", func() bool { return h.requested.Load() > int64(i) })
			h.sub.OnNext(data(fmt.Sprint(i)))
			assert.Equal(t, fmt.Sprintf("data: %d|", i), c.event())
		}
		s.eventually("the window is open", func() bool { return h.requested.Load()-1000 > defaultWindow/2 })
		assert.LessOrEqual(t, h.requested.Load(), int64(1000+defaultWindow))
	})
}

func TestAWindowOfOneWorks(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		s := tr.serve(t, Options{Window: 1}, of(flux.Map(flux.Range(1, 100), func(n int) Event { return data(fmt.Sprint(n)) })))
		c := s.get("/").open()
		for i := 1; i <= 100; i++ {
			require.Equal(t, fmt.Sprintf("data: %d|", i), c.event())
		}
	})
}

func TestALongSynchronousSourceArrivesWholeAndInOrderAtASlowReader(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		const n = 10_000
		s := tr.serve(t, Options{}, of(flux.Map(flux.Range(1, n), func(i int) Event {
			return data(fmt.Sprintf("%d %s", i, strings.Repeat("x", i%500)))
		})))
		c := s.get("/")
		shrink(t, c, 32<<10)
		c.open()
		for i := 1; i <= n; i++ {
			require.Equal(t, fmt.Sprintf("data: %d %s|", i, strings.Repeat("x", i%500)), c.event())
		}
		assert.Empty(t, c.rest())
	})
}

func TestAClientThatDoesNotReadHasNoDemandAndBoundedMemory(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		stuck, lively := newHand(), newHand()
		s := tr.serve(t, Options{}, func(r *Request) (flux.Publisher[Event], error) {
			if r.Path() == "/stuck" {
				return stuck, nil
			}
			return lively, nil
		})
		shrink(t, s.get("/stuck"), 4<<10)
		c := s.get("/lively").open()
		stuck.subscribed(t)
		lively.subscribed(t)
		e := data(strings.Repeat("x", 1000))
		sent := int64(0)
		feed := func() bool {
			for sent < stuck.requested.Load() {
				stuck.sub.OnNext(e)
				sent++
			}
			return s.Stats().Stalls > 0
		}
		s.eventually("its socket is full", feed)
		waiting := func() int64 {
			for _, i := range s.Streams(2) {
				if i.Path == "/stuck" {
					return i.Pending
				}
			}
			return -1
		}
		assert.Positive(t, waiting())
		assert.LessOrEqual(t, waiting(), int64(2*windowBytes), "for the client that does not read")
		for i := range 200 {
			s.eventually("demand", func() bool { return lively.requested.Load() > int64(i) })
			lively.sub.OnNext(data(fmt.Sprint(i)))
			assert.Equal(t, fmt.Sprintf("data: %d|", i), c.event())
			feed()
		}
		assert.LessOrEqual(t, waiting(), int64(2*windowBytes), "it has asked for no more than its kernel took")
	})
}

func TestLargeEventsNarrowTheWindow(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		h := newHand()
		s := tr.serve(t, Options{}, h.handler)
		c := s.get("/").open()
		h.subscribed(t)
		e := data(strings.Repeat("x", windowBytes))
		const n = firstDemand + 20
		for i := range int64(n) {
			s.eventually("demand", func() bool { return h.requested.Load() > i })
			h.sub.OnNext(e)
			require.Len(t, c.event(), windowBytes+len("data: |"))
		}
		assert.LessOrEqual(t, h.requested.Load(), int64(n+leastWindow))
	})
}

func TestAnEventThatIsSharedCostsNoAllocation(t *testing.T) {
	e := encoded(t, data("x"))
	c := &conn{}
	c.init(New(Options{}), discarding{})
	c.granted.Store(1 << 40)
	assert.Zero(t, testing.AllocsPerRun(1000, func() { c.OnNext(e) }))
}

type discarding struct{ outlet }

func (discarding) carry(*[]byte) {}
