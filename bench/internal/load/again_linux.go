package load

import (
	"time"

	"golang.org/x/sys/unix"
)

// comebacks are the connections of a worker that are to be opened again.
//
// INVARIANTS
//   - Every connection in now and later is closed, and in one of them once.
//   - later is in the order of its times, since all wait equally long.
type comebacks struct {
	now   []int
	later []comeback

	churn  float64   // a second
	since  time.Time // when the window began; zero before it
	closed int       // by churn so far
	next   int       // where churn goes on
}

type comeback struct {
	index int
	at    time.Time
}

// againWait is how long a worker sleeps at most while connections come and go.
const againWait = 10 * time.Millisecond

// reopen closes what is to churn, opens what is to come back, and gives how long to
// sleep.
func (w *worker) reopen(now time.Time) time.Duration {
	a := &w.again
	if a.churn > 0 && !a.since.IsZero() {
		w.churn(int(a.churn*now.Sub(a.since).Seconds()) - a.closed)
	}
	n := 0
	for n < len(a.later) && !a.later[n].at.After(now) {
		a.now = append(a.now, a.later[n].index)
		n++
	}
	a.later = a.later[n:]
	n = 0
	for n < len(a.now) && w.pending < maxPending {
		w.count.reopened++
		w.dial(a.now[n])
		n++
	}
	a.now = a.now[n:]
	switch {
	case len(a.now) > 0:
		return rampWait
	case a.churn > 0 || len(a.later) > 0:
		return againWait
	}
	return idleWait
}

// churn closes the next n streaming connections in turn and has them come back.
func (w *worker) churn(n int) {
	a := &w.again
	for range len(w.conns) { // once around at most
		if n <= 0 {
			return
		}
		i := a.next % len(w.conns)
		a.next++
		if c := &w.conns[i]; c.phase == streaming && !c.slow {
			w.leave(c)
			a.now = append(a.now, i)
			a.closed++
			n--
		}
	}
}

// later has a connection that the server closed come back, if it is to.
func (w *worker) later(c *conn) {
	if w.opt.Reconnect > 0 && w.stage.Load() != stageDone {
		w.again.later = append(w.again.later, comeback{c.index, time.Now().Add(w.opt.Reconnect)})
	}
}

// leave closes a connection from this side.
func (w *worker) leave(c *conn) {
	if w.opt.Reset {
		_ = unix.SetsockoptLinger(int(c.fd), unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1}) // else it is closed, not reset
	}
	w.shut(c)
}

// request is what connection i asks for.
func (w *worker) request(i int, c *conn) []byte {
	if w.opt.Resume && c.hasID {
		return w.target(i).back(w.first+i, c.lastID)
	}
	return w.target(i).first(w.first + i)
}
