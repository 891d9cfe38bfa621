package ssehttp

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestTheWheelLooksAtEachConnectionWhenItIsDue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var w wheel
		due := map[*socket]int64{} // the model
		var sockets []*socket
		for range 20 {
			sockets = append(sockets, &socket{})
		}
		pick := func(t *rapid.T) *socket { return rapid.SampledFrom(sockets).Draw(t, "socket") }
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				c := pick(t)
				w.remove(c)
				at := w.now + rapid.Int64Range(-2, 600).Draw(t, "ahead")
				w.add(c, at)
				due[c] = at
			},
			"remove": func(t *rapid.T) {
				c := pick(t)
				w.remove(c)
				delete(due, c)
			},
			"advance": func(t *rapid.T) {
				to := w.now + rapid.Int64Range(0, 700).Draw(t, "ticks")
				w.advance(to, func(c *socket) int64 {
					at, ok := due[c]
					require.True(t, ok, "looked at a connection that is not in")
					if at > w.now {
						return at // beyond the reach of the wheel: moved on
					}
					delete(due, c)
					return 0
				})
				require.Equal(t, to, w.now)
			},
			"": func(t *rapid.T) {
				next, ok := w.next()
				require.Equal(t, len(due) > 0, ok)
				for _, at := range due {
					require.Greater(t, at, w.now-3, "one was forgotten")
					require.LessOrEqual(t, next, max(at, w.now+1))
				}
			},
		})
	})
}

func TestTicksAreFineEnoughForTheShortestOfTheTimes(t *testing.T) {
	for _, test := range []struct {
		heartbeat, stall time.Duration
		tick             time.Duration
	}{
		{15 * time.Second, 30 * time.Second, 15 * time.Second / 64},
		{time.Minute, time.Minute, 250 * time.Millisecond},
		{time.Millisecond, time.Minute, time.Millisecond},
		{Never, Never, 250 * time.Millisecond},
	} {
		k := newClock(Options{Heartbeat: test.heartbeat, StallTimeout: test.stall})
		assert.Equal(t, test.tick, k.tick)
		if test.heartbeat == Never {
			assert.Zero(t, k.heartbeat)
			continue
		}
		assert.GreaterOrEqual(t, time.Duration(k.heartbeat)*k.tick, test.heartbeat)
	}
}

func TestAWriteMovesTheHeartbeatAwayWithoutTouchingTheWheel(t *testing.T) {
	s := &shard{srv: New(Options{}), clock: newClock(Options{Heartbeat: 64 * time.Millisecond, StallTimeout: time.Second})}
	c := &socket{shard: s, fd: -1}
	c.init(s.srv, c)
	c.wrote = 50
	s.tick = 64
	assert.EqualValues(t, 50+64, s.look(c), "not idle for long enough: look again when it would be")
	assert.Zero(t, s.srv.Stats().Heartbeats)
}
