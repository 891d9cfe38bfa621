package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/ssehttp"
)

// lives records what a feed tells its watcher.
type lives struct {
	mu   sync.Mutex // the bubble's end cancels all pipelines at once
	said []string
}

func (l *lives) say(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.said = append(l.said, fmt.Sprintf(format, args...))
}

func (l *lives) joined(c client)                    { l.say("%s joined", c.addr) }
func (l *lives) left(c client, why flux.SignalType) { l.say("%s left: %v", c.addr, why) }
func (l *lives) ended(err error)                    { l.say("ended: %v", err) }

func everything(addr string) client { return client{addr: addr, only: eventNames} }

func load(total float64) Sample { return Sample{CPU: CPU{Total: total}} }

func steady(int64) Sample { return load(10) }

func listen(ctx context.Context, f *feed, c client, into *[]ssehttp.Event) flux.Subscription {
	return f.connection(&c).SubscribeFunc(ctx, func(e ssehttp.Event) { *into = append(*into, e) }, nil)
}

// after lets d pass for a test that is in a bubble, and everything come to rest.
func after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func list(events []ssehttp.Event) []string {
	var out []string
	for _, e := range events {
		out = append(out, e.ID+" "+e.Name)
	}
	return out
}

func TestEveryClientGetsTheSameSampleTakenOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		taken := 0
		f := newFeed(&lives{})
		f.start(t.Context(), time.Second, func(n int64) Sample { taken++; return load(float64(n)) })
		var one, two []ssehttp.Event
		listen(t.Context(), f, everything("one"), &one)
		after(1500 * time.Millisecond)
		listen(t.Context(), f, everything("two"), &two)
		after(time.Second)

		assert.Equal(t, 2, taken, "one sample a second, however many clients")
		assert.Equal(t, []string{
			"1 open", "2 cpu", "3 memory", "4 go", "5 net", "6 clients",
			"7 cpu", "8 memory", "9 go", "10 net", "11 clients",
		}, list(one))
		assert.Equal(t, []string{"1 open", "2 cpu", "3 memory", "4 go", "5 net", "6 clients"}, list(two),
			"the open event comes at once, a sample that is past does not come again")
		assert.Equal(t, one[6].Data, two[1].Data)
		assert.JSONEq(t, `{"count":1}`, one[5].Data)
		assert.JSONEq(t, `{"count":2}`, one[10].Data)
	})
}

func TestEveryEventHasAnIDARetryAndJSON(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFeed(&lives{})
		f.start(t.Context(), time.Second, steady)
		var got []ssehttp.Event
		listen(t.Context(), f, everything("one"), &got)
		after(time.Second)
		require.Len(t, got, 6)
		for i, e := range got {
			assert.Equal(t, fmt.Sprint(i+1), e.ID)
			assert.Equal(t, retry, e.Retry, e.Name)
			assert.True(t, json.Valid([]byte(e.Data)), e.Data)
		}
	})
}

func TestAConnectionCarriesOnlyWhatItsClientAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFeed(&lives{})
		f.start(t.Context(), time.Second, steady)
		var got []ssehttp.Event
		listen(t.Context(), f, client{only: []string{"net", "cpu"}}, &got)
		after(2 * time.Second)
		assert.Equal(t, []string{"1 open", "2 cpu", "3 net", "4 cpu", "5 net"}, list(got))
	})
}

func TestNumberingContinuesBehindTheLastEventThatAClientSaw(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFeed(&lives{})
		f.start(t.Context(), time.Second, steady)
		var got []ssehttp.Event
		listen(t.Context(), f, client{only: []string{"cpu"}, lastID: 41}, &got)
		after(time.Second)
		assert.Equal(t, []string{"42 open", "43 cpu"}, list(got))
	})
}

func TestAnAlertComesWhenALimitIsReachedAndWhenItIsPast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		loads := []float64{50, 85, 95, 79, 73, 81, 72, 10, 80}
		f := newFeed(&lives{})
		f.start(t.Context(), time.Second, func(n int64) Sample { return Sample{At: time.UnixMilli(n), CPU: CPU{Total: loads[n]}} })
		var got []ssehttp.Event
		listen(t.Context(), f, client{only: []string{"alert"}}, &got)
		after(9500 * time.Millisecond)
		var said []Alert
		for _, e := range got[1:] {
			var a Alert
			require.NoError(t, json.Unmarshal([]byte(e.Data), &a))
			said = append(said, a)
		}
		assert.Equal(t, []Alert{
			{1, "cpu", "Processor", 85, 80, true},
			{6, "cpu", "Processor", 72, 80, false}, // 79 and 73 are not well below the limit
			{8, "cpu", "Processor", 80, 80, true},
		}, said)
	})
}

func TestWhoComesLateLearnsOfTheAlertsThatStand(t *testing.T) {
	cpu, memory := Alert{Name: "cpu", Raised: true}, Alert{Name: "memory", Raised: true}
	raised := note(note([]Alert{}, cpu), memory)
	assert.Equal(t, []Alert{cpu, memory}, raised)
	assert.Equal(t, []Alert{memory}, note(raised, Alert{Name: "cpu"}))
	assert.Equal(t, []Alert{cpu, memory}, raised)

	synctest.Test(t, func(t *testing.T) {
		f := newFeed(&lives{})
		f.start(t.Context(), time.Second, func(n int64) Sample { return load(float64(95 - 90*(n/2))) })
		after(2 * time.Second)
		var then, later []ssehttp.Event
		listen(t.Context(), f, client{}, &then)
		assert.Contains(t, then[0].Data, `"alerts":[{"at":`)
		after(time.Second)
		listen(t.Context(), f, client{}, &later)
		assert.Contains(t, later[0].Data, `"alerts":[]`, "a list in JSON, not null")
	})
}

func TestEachLimitIsWatchedOnItsOwn(t *testing.T) {
	high := Sample{
		CPU:    CPU{Total: 99, Load: []float64{1e6, 0, 0}},
		Memory: Memory{Total: 100, Used: 95},
		Go:     Go{GCPauseMax: 1},
	}
	synctest.Test(t, func(t *testing.T) {
		samples := flux.Map(flux.Interval(time.Second), func(n int64) Sample { return map[bool]Sample{true: high}[n == 1] }).Take(3)
		got, err := flux.Map(alerts(samples.Share()), func(a Alert) string { return fmt.Sprint(a.Name, a.Raised) }).Collect(t.Context())
		require.NoError(t, err)
		assert.ElementsMatch(t, []string{
			"cputrue", "memorytrue", "loadtrue", "pausestrue",
			"cpufalse", "memoryfalse", "loadfalse", "pausesfalse",
		}, got)
	})
}

func TestALeavingClientCancelsItsPipelineAndIsCountedNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var said lives
		f := newFeed(&said)
		f.start(t.Context(), time.Second, steady)
		var stays, leaves []ssehttp.Event
		listen(t.Context(), f, client{addr: "a", only: []string{"clients"}}, &stays)
		sub := listen(t.Context(), f, client{addr: "b", only: []string{"clients"}}, &leaves)
		after(time.Second)
		sub.Cancel()
		assert.Equal(t, []string{"b left: cancel"}, said.said)
		after(time.Second)
		assert.Len(t, leaves, 2, "nothing comes after the cancel")
		assert.JSONEq(t, `{"count":2}`, stays[1].Data)
		assert.JSONEq(t, `{"count":1}`, stays[2].Data)
	})
}

func TestAClientThatAsksForNothingMissesEventsAndDelaysNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFeed(&lives{})
		f.start(t.Context(), time.Second, steady)
		c, slow := everything("slow"), &asksFor{n: 3}
		f.connection(&c).Subscribe(t.Context(), slow)
		var got []ssehttp.Event
		listen(t.Context(), f, everything("fast"), &got)
		after(3 * time.Second)
		assert.Equal(t, []string{"1 open", "2 cpu", "3 memory"}, list(slow.got))
		assert.Len(t, got, 16)
		assert.Equal(t, int64(13), f.events.Stats().Dropped, "what the slow one missed is counted")
	})
}

// asksFor is a subscriber that requests n events and then no more.
type asksFor struct {
	n   int64
	got []ssehttp.Event
}

func (a *asksFor) OnSubscribe(s flux.Subscription) { s.Request(a.n) }
func (a *asksFor) OnNext(e ssehttp.Event)          { a.got = append(a.got, e) }
func (a *asksFor) OnError(error)                   {}
func (a *asksFor) OnComplete()                     {}

func TestAFailingSamplerIsReportedAndNotSwallowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("no more numbers")
		var said lives
		f := newFeed(&said)
		f.start(t.Context(), time.Second, func(int64) Sample { panic(broken) })
		after(3 * time.Second)
		require.Len(t, said.said, 1)
		assert.Contains(t, said.said[0], "no more numbers")
	})
}

func TestSamplingEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		taken := 0
		ctx, cancel := context.WithCancel(t.Context())
		f := newFeed(&lives{})
		f.start(ctx, time.Second, func(int64) Sample { taken++; return Sample{} })
		after(2 * time.Second)
		cancel()
		after(time.Minute)
		assert.Equal(t, 2, taken)
	})
}
