package ssehttp

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/freshet-go/freshet/flux"
)

// Each look of the queue's timer finds a call that waits, for as long as calls that
// block come faster than it looks.
func TestCallsThatBlockOneAfterTheOtherAreAllMade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 500
		var begun atomic.Int64
		release := make(chan struct{})
		blocks := publisherFunc(func(context.Context, flux.Subscriber[Event]) {
			begun.Add(1)
			<-release
			runtime.Goexit() // and not on, to a server that is not there
		})
		var u upcalls
		for range n {
			c := &conn{}
			c.init(nil, contextOnly{})
			c.holds.Add(1) // nobody is told that it leaves
			u.put(upcall{c: c, what: subscribe, events: blocks})
			time.Sleep(patience / 2)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		assert.EqualValues(t, n, begun.Load())
		close(release)
		synctest.Wait()
	})
}

type contextOnly struct{ outlet }

func (contextOnly) context() context.Context { return context.Background() }
