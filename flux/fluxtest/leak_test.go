package fluxtest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGoroutineThatIsLeftBehindIsShown(t *testing.T) {
	err := inBubbleOf(t, func() { go leak(make(chan int)) })
	require.ErrorContains(t, err, "goroutines were left when the script had ended")
	require.ErrorContains(t, err, "fluxtest.leak")
	require.NotContains(t, err.Error(), "testing.Main", "only the goroutines of the bubble are shown")

	require.NoError(t, inBubbleOf(t, func() { go func() {}() }))
}

// leak never ends.
func leak(c chan int) { <-c }
