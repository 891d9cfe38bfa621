package leaktest_test

import (
	"runtime/pprof"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/internal/leaktest"
)

// The goroutine that leaks here stays, so this package has no goleak.
func TestAGoroutineThatCanNeverRunAgainIsFound(t *testing.T) {
	require.Empty(t, leaktest.Leaked())
	if pprof.Lookup("goroutineleak") == nil {
		t.Skip("this runtime has no profile of leaks: build with GOEXPERIMENT=goroutineleakprofile")
	}
	begun := make(chan struct{})
	go forgotten(begun)
	<-begun
	require.Eventually(t, func() bool { return leaktest.Leaked() != "" }, 10*time.Second, 10*time.Millisecond)
	require.Contains(t, leaktest.Leaked(), "forgotten")
}

func forgotten(begun chan<- struct{}) {
	never := make(chan int)
	close(begun)
	<-never
}
