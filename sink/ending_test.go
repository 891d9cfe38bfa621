package sink_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
	"github.com/freshet-go/freshet/sink"
)

func TestAPanicInsideTheEndIsTheErrorOfItsStage(t *testing.T) {
	boom := errors.New("boom")
	for name, s := range map[string]sink.Many[int]{
		"DirectBestEffort":   sink.DirectBestEffort[int](),
		"DirectAllOrNothing": sink.DirectAllOrNothing[int](),
		"MulticastBuffer":    sink.MulticastBuffer[int](8),
		"UnicastBuffer":      sink.UnicastBuffer[int](),
		"ReplayAll":          sink.ReplayAll[int](),
		"ReplayLatest":       sink.ReplayLatest[int](),
		"ReplayLimit":        sink.ReplayLimit[int](3),
	} {
		t.Run(name, func(t *testing.T) {
			fluxtest.Run(t, func(t *testing.T) {
				lists := flux.Map(flux.Buffer(s, 100), func([]int) int { panic(boom) })
				rec := fluxtest.NewRecorder[int](flux.Unbounded)
				lists.Subscribe(t.Context(), rec)
				s.TryEmit(1)
				require.NotPanics(t, func() { s.TryComplete() })
				fluxtest.Advance(time.Second)
				rec.AssertErrorIs(t, boom)
			})
		})
	}
}
