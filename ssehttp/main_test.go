package ssehttp

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/freshet-go/freshet/internal/leaktest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		leaktest.Profile(),
		// fasthttp keeps one goroutine for the Date header for good, and one that
		// sleeps up to 10 s after its server was shut down.
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"),
	)
}
