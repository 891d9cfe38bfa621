package flux_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

func TestASourceThatIsSubscribedToAfterItsTimeoutIsCancelledAndLeavesTheFallbackAlone(t *testing.T) {
	fallback := flux.Just(7, 8, 9)
	for name, build := range map[string]func(src ints) ints{
		"TimeoutOr": func(src ints) ints { return src.TimeoutOr(time.Second, fallback) },
		"TimeoutEachOr": func(src ints) ints {
			return flux.TimeoutEachOr(src, flux.Timer(time.Second), func(int) flux.Publisher[int64] { return flux.Never[int64]() }, fallback)
		},
	} {
		t.Run(name, func(t *testing.T) {
			fluxtest.Run(t, func(t *testing.T) {
				up, rec := &ends{}, fluxtest.NewRecorder[int](1)
				slow := flux.Defer(func(context.Context) ints {
					time.Sleep(2 * time.Second)
					return up.watch(live(1, 2, 3))
				})
				build(slow).Subscribe(t.Context(), rec)
				fluxtest.Advance(0)
				rec.AssertValues(t, 7)
				rec.Request(5)
				fluxtest.Advance(time.Second)
				rec.AssertValues(t, 7, 8, 9)
				rec.AssertCompleted(t)
				rec.AssertNoViolations(t)
				require.Equal(t, cancelled, up.all())
			})
		})
	}
}
