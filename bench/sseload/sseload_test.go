package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/freshet-go/freshet/bench/internal/load"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve streams an event every 20 ms.
func serve(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		each := time.NewTicker(20 * time.Millisecond)
		defer each.Stop()
		for id := 1; r.Context().Err() == nil; id++ {
			_, _ = fmt.Fprintf(w, "id: %d\ndata: {\"at\":%d}\n\n", id, time.Now().UnixMilli())
			_ = http.NewResponseController(w).Flush()
			select {
			case <-r.Context().Done():
			case <-each.C:
			}
		}
	}))
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s.URL
}

func TestSseloadWritesJSONThatCanBeReadBack(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the load generator needs Linux")
	}
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), []string{
		"-url", serve(t), "-conns", "4", "-duration", "300ms", "-warmup", "0s", "-json", "-", "-time-field", "at", "-time-unit", "1ms",
	}, &out, io.Discard))
	var got load.Result
	require.NoError(t, json.Unmarshal(out.Bytes(), &got))
	assert.Equal(t, int64(4), got.Heads)
	assert.GreaterOrEqual(t, got.Events, int64(4))
	assert.Equal(t, got.Events, got.Latency.Count)
}

func TestSseloadPrintsATable(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the load generator needs Linux")
	}
	var out, progress bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"-url", serve(t), "-conns", "2", "-duration", "100ms", "-warmup", "0s", "-slow", "1"}, &out, &progress))
	assert.Contains(t, out.String(), "connected   2, open at the end 2")
	assert.Contains(t, out.String(), "slow        1 connections that never read, 0 closed by the server")
	assert.Contains(t, out.String(), "events had no timestamp")
	assert.Contains(t, progress.String(), "connecting")
}

func TestSseloadRefusesWhatIsNotLoopbackAndWhatIsNoFlag(t *testing.T) {
	assert.ErrorContains(t, run(t.Context(), []string{"-url", "http://192.0.2.1/"}, io.Discard, io.Discard), "127.0.0.0/8")
	assert.ErrorContains(t, run(t.Context(), []string{"-url", "http://127.0.0.1/", "x"}, io.Discard, io.Discard), `argument "x"`)
	assert.ErrorContains(t, run(t.Context(), []string{"-conns", "many"}, io.Discard, io.Discard), "many")
}
