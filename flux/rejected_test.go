package flux_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/freshet-go/freshet/flux"
)

// A filter that rejects what took several values to make leaves the demand for one
// open, and the operator above has to ask its source for the next.
func TestWhatIsRejectedIsAskedForAgain(t *testing.T) {
	seven := flux.Range(1, 7)
	rejecting := func(lists flux.Flux[[]int]) flux.Flux[bool] {
		return flux.Map(lists.Filter(func([]int) bool { return false }), func([]int) bool { return true })
	}
	for name, f := range map[string]flux.Flux[bool]{
		"Buffer":             rejecting(flux.Buffer(seven, 2)),
		"BufferSkip":         rejecting(flux.BufferSkip(seven, 3, 1)),
		"BufferTimeout":      rejecting(flux.BufferTimeout(seven, 2, time.Second)),
		"BufferTimeout fair": rejecting(flux.BufferTimeout(seven, 2, time.Second, flux.Fair())),
		"BufferUntil":        rejecting(flux.BufferUntil(seven, func(v int) bool { return v%3 == 0 })),
		"WindowSkip": flux.Map(flux.WindowSkip(seven, 3, 3).Filter(func(w flux.Flux[int]) bool {
			w.SubscribeFunc(context.Background(), func(int) {}, nil)
			return false
		}), func(flux.Flux[int]) bool { return true }),
		"Create": flux.Map(flux.Create(func(_ context.Context, e *flux.Emitter[int]) {
			sent := 0
			e.OnRequest(func(n int64) {
				for ; n > 0 && sent < 7; n-- {
					sent++
					e.Next(sent)
				}
				if sent == 7 {
					e.Complete()
				}
			})
		}).Filter(func(int) bool { return false }), func(int) bool { return true }),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ended := false
				f.Subscribe(t.Context(), &askOnce{end: func() { ended = true }})
				synctest.Wait()
				assert.True(t, ended, "one request is enough to see the end, for nothing is ever taken")
			})
		})
	}
}

// askOnce requests one value.
type askOnce struct{ end func() }

func (askOnce) OnSubscribe(s flux.Subscription) { s.Request(1) }
func (askOnce) OnNext(bool)                     {}
func (askOnce) OnError(error)                   {}
func (a askOnce) OnComplete()                   { a.end() }
