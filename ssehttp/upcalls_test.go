package ssehttp

import (
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// called makes a connection whose Cancel is f.
func called(f func()) *conn {
	c := &conn{}
	c.init(New(Options{}), discarding{})
	h := newHand()
	h.onCancel = f
	c.OnSubscribe(h)
	c.holds.Store(1 << 20) // the server is not to be told
	return c
}

func TestUpstreamCallsThatReturnRunOnOneGoroutineInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var u upcalls
		var order []int
		for i := range 1000 {
			u.put(upcall{c: called(func() { order = append(order, i) }), what: cancel})
		}
		synctest.Wait()
		assert.Len(t, order, 1000)
		assert.IsIncreasing(t, order)
		settle()
		assert.False(t, u.armed, "the timer runs only while calls are due")
		assert.Zero(t, u.running)
	})
}

func TestAnUpstreamCallThatBlocksDelaysTheNextByPatienceOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var u upcalls
		release := make(chan struct{})
		u.put(upcall{c: called(func() { <-release }), what: cancel})
		synctest.Wait()
		start := time.Now()
		var waited []time.Duration
		for range 3 {
			u.put(upcall{c: called(func() { waited = append(waited, time.Since(start)) }), what: cancel})
		}
		settle()
		assert.Equal(t, []time.Duration{patience, patience, patience}, waited)
		start, waited = time.Now(), nil
		u.put(upcall{c: called(func() { waited = append(waited, time.Since(start)) }), what: cancel})
		settle()
		assert.Equal(t, []time.Duration{0}, waited, "the one that blocks was written off")
		close(release)
		synctest.Wait()
		assert.Zero(t, u.running)
	})
}

func TestAThousandUpstreamCallsThatBlockDelayTheLastByTenTimesPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var u upcalls
		release := make(chan struct{})
		start := time.Now()
		for range 1000 {
			u.put(upcall{c: called(func() { <-release }), what: cancel})
		}
		var waited time.Duration
		u.put(upcall{c: called(func() { waited = time.Since(start) }), what: cancel})
		settle()
		assert.Equal(t, 10*patience, waited)
		close(release)
		synctest.Wait()
		assert.Zero(t, u.running)
	})
}

func TestAnUpstreamCallThatEndsItsGoroutineEndsNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var u upcalls
		var mu sync.Mutex
		ran := 0
		for i := range 10 {
			u.put(upcall{c: called(func() {
				mu.Lock()
				ran++
				mu.Unlock()
				if i%2 == 0 {
					runtime.Goexit()
				}
			}), what: cancel})
		}
		settle()
		assert.Equal(t, 10, ran)
		assert.Zero(t, u.running)
	})
}

// settle lets everything that is under way come to rest, timers included.
func settle() {
	time.Sleep(time.Second)
	synctest.Wait()
}
