package ops

import (
	"context"
	"testing"

	"github.com/samber/ro"

	"github.com/freshet-go/freshet/flux"
)

// BenchmarkSubscribe subscribes a chain of three operators that was assembled
// beforehand: to a source of one element, and to one that never ends, which is
// then cancelled, as a connection's pipeline is.
func BenchmarkSubscribe(b *testing.B) {
	three := func(src flux.Flux[int]) flux.Flux[int] { return flux.Map(flux.Map(src, inc).Filter(even), triple) }
	for _, c := range []struct {
		name string
		ctx  context.Context
	}{{"background", context.Background()}, {"cancellable", b.Context()}} {
		one, never := three(flux.Range(1, 1)), three(flux.Never[int]())
		b.Run("flux/one/"+c.name, func(b *testing.B) {
			measure(b, 1, "subscription", func() { one.Subscribe(c.ctx, &counting{}) })
		})
		b.Run("flux/never-cancel/"+c.name, func(b *testing.B) {
			measure(b, 1, "subscription", func() {
				s := &counting{}
				never.Subscribe(c.ctx, s)
				s.up.Cancel()
			})
		})
	}
	chain := ro.Pipe3(roRange(1, 1), ro.Map(inc), ro.Filter(even), ro.Map(triple))
	b.Run("ro/one", func(b *testing.B) {
		measure(b, 1, "subscription", func() { chain.Subscribe(ro.NoopObserver[int]()) })
	})
}

// counting counts and takes everything.
type counting struct {
	n  int
	up flux.Subscription
}

func (c *counting) OnSubscribe(up flux.Subscription) { c.up = up; up.Request(flux.Unbounded) }
func (c *counting) OnNext(int)                       { c.n++ }
func (c *counting) OnError(error)                    {}
func (c *counting) OnComplete()                      {}
