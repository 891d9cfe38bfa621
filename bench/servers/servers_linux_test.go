package main

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/bench/internal/load"
)

// These tests leave servers behind: a kind runs until the process ends, so there
// is no leak check here.

func start(t *testing.T, name string) (*audience, func(event), string) {
	t.Helper()
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	a := newAudience(name)
	if why := missing[name]; why != nil && why() != nil {
		t.Skip(why())
	}
	broadcast, err := kinds[name](ln, a)
	require.NoError(t, err)
	t.Cleanup(a.close)
	return a, broadcast, "http://" + ln.Addr().String()
}

func TestEveryKindBroadcastsTheSameEventsToAllClients(t *testing.T) {
	for name := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const conns, events = 5, 8
			a, broadcast, url := start(t, name)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			done := make(chan struct{})
			go func() { // the broadcaster, until the load has ended
				defer close(done)
				if a.await(ctx, conns) {
					time.Sleep(500 * time.Millisecond) // real sockets: until the window has begun
					for id := int64(1); id <= events; id++ {
						broadcast(event{id, time.Now()})
					}
				}
			}()
			got, err := load.Run(t.Context(), load.Options{URLs: []string{url + "/events"}, Conns: conns, Warmup: 200 * time.Millisecond, Duration: time.Second})
			cancel()
			<-done
			require.NoError(t, err)
			assert.Equal(t, int64(conns), got.Open)
			assert.Equal(t, int64(conns*events), got.Events)
			assert.Equal(t, int64(conns*events), got.Latency.Count)
			assert.Zero(t, got.Gaps+got.Duplicates+got.Untimed)
			if name == "centrifuge" || name == "nchan" { // has no ids, and an event of its own first, before the window; has ids that are no numbers
				assert.Equal(t, got.Events, got.Unnumbered)
			} else {
				assert.Zero(t, got.Unnumbered)
			}
			assert.Empty(t, got.Errors)
		})
	}
}

func TestEveryKindTellsItsFigures(t *testing.T) {
	for name := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, _, url := start(t, name)
			if a.external != nil {
				line, err := a.introduce(&net.TCPAddr{})
				require.NoError(t, err)
				url = "http://" + strings.Fields(line)[4]
			}
			var st stats
			require.NoError(t, json.Unmarshal(get(t, url+"/stats"), &st))
			assert.Equal(t, name, st.Kind)
			assert.Positive(t, st.Goroutines)
			assert.Equal(t, "done\n", string(get(t, url+"/gc")))
			if a.external == nil {
				assert.NotEmpty(t, get(t, url+"/heap"))
			}
		})
	}
}

func get(t *testing.T, url string) []byte {
	t.Helper()
	resp, err := http.Get(url)
	require.NoError(t, err)
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusOK, resp.StatusCode)
	return b
}

func TestProtectedFreshetAccountsForItsStreams(t *testing.T) {
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	a := newAudience("freshet")
	a.protect = true
	_, err = serveFreshet(ln, a)
	require.NoError(t, err)
	url := "http://" + ln.Addr().String()
	_, err = load.Run(t.Context(), load.Options{URLs: []string{url + "/events"}, Conns: 3, Duration: 50 * time.Millisecond})
	require.NoError(t, err)
	require.Eventually(t, func() bool { return a.left.Load() == 3 }, 5*time.Second, 5*time.Millisecond)
	var st stats
	require.NoError(t, json.Unmarshal(get(t, url+"/stats"), &st))
	require.NotNil(t, st.Streams)
	assert.Equal(t, streams{Accepted: 3, Closed: map[string]int64{"gone": 3}}, *st.Streams)
}

func TestKindsThatNoticeCountAClientThatLeft(t *testing.T) {
	for _, name := range []string{"centrifuge", "freshet", "freshet-nethttp", "gosse", "nchan", "nethttp", "r3labs", "ro", "webflux"} {
		if kinds[name] == nil {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, _, url := start(t, name)
			got, err := load.Run(t.Context(), load.Options{URLs: []string{url + "/events"}, Conns: 3, Duration: 50 * time.Millisecond})
			require.NoError(t, err)
			require.Equal(t, int64(3), got.Heads)
			require.Eventually(t, func() bool { return a.left.Load() == 3 }, 5*time.Second, 5*time.Millisecond)
			assert.InDelta(t, time.Now().UnixNano(), a.lastLeft.Load(), float64(10*time.Second))
		})
	}
}

func TestEventDataIsJSONOfAboutAHundredAndFiftyBytes(t *testing.T) {
	e := event{7, time.Unix(0, 1795267755228717298)}
	var data struct {
		T int64 `json:"t"`
		N int64 `json:"n"`
	}
	require.NoError(t, json.Unmarshal(e.json(), &data))
	assert.Equal(t, int64(1795267755228717298), data.T)
	assert.Equal(t, int64(7), data.N)
	assert.InDelta(t, 150, len(e.json()), 25)
	frame := string(e.frame())
	assert.True(t, strings.HasPrefix(frame, "id: 7\ndata: {"))
	assert.True(t, strings.HasSuffix(frame, "}\n\n"))
}

func TestFlagsOutOfBoundsAreNamed(t *testing.T) {
	for want, args := range map[string][]string{
		`kind "": must be one of`:                       {},
		`kind "x": must be one of centrifuge, fasthttp`: {"-kind", "x"},
		`addr "0.0.0.0:80": must be a port`:             {"-kind", "nethttp", "-addr", "0.0.0.0:80"},
		`addr "192.0.2.1:80": must be a port`:           {"-kind", "nethttp", "-addr", "192.0.2.1:80"},
		`addr "localhost": must be a port`:              {"-kind", "nethttp", "-addr", "localhost"},
		`rate -1: must be from 0 to 1000000`:            {"-kind", "nethttp", "-rate", "-1"},
		`rate NaN: must be from 0 to 1000000`:           {"-kind", "nethttp", "-rate", "NaN"},
		`await -1: must be from 0 to 1000000`:           {"-kind", "nethttp", "-await", "-1"},
		`quiet 1h0m0s: must be from 0 to 1m`:            {"-kind", "nethttp", "-quiet", "1h"},
	} {
		assert.ErrorContains(t, run(t.Context(), args), want)
	}
}

func TestPaceLeavesNoEventOutWhenTheBroadcastIsSlow(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var ids []int64
	var first, last time.Time
	pace(ctx, 1000, newAudience("x"), func(e event) {
		if e.id == 1 {
			first = e.due
			time.Sleep(50 * time.Millisecond) // a broadcast that takes fifty events' time
		}
		ids, last = append(ids, e.id), e.due
		if e.id == 20 {
			cancel()
		}
	})
	assert.Len(t, ids, 20)
	assert.Equal(t, 19*time.Millisecond, last.Sub(first))
}
