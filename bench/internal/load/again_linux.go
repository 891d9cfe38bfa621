package load

import (
	"time"

	"golang.org/x/sys/unix"
)

// comebacks are the connections of a worker that are to be opened again.
//
// INVARIANTS
//   - Every connection in now and later is closed, and in one of them once.
//   - later and stays are in the order of their times, since all wait equally long.
type comebacks struct {
	now   []int
	later []comeback
	stays []comeback // of those that never read: when they leave

	churn  float64   // a second
	since  time.Time // when the window began; zero before it
	closed int       // by churn so far
	next   int       // where churn goes on
}

type comeback struct {
	index int
	at    time.Time
	began int64 // of the connection that was meant; another one may have its place
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
	w.unstay(now)
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
	case a.churn > 0 || len(a.later) > 0 || len(a.stays) > 0:
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
		w.again.later = append(w.again.later, comeback{c.index, time.Now().Add(w.opt.Reconnect), c.began})
	}
}

// stay notes when a connection that never reads is to leave.
func (w *worker) stay(c *conn) {
	if w.opt.SlowStay > 0 {
		w.again.stays = append(w.again.stays, comeback{c.index, time.Now().Add(w.opt.SlowStay), c.began})
	}
}

// unstay has those leave whose time it is, and come back.
func (w *worker) unstay(now time.Time) {
	a := &w.again
	n := 0
	for n < len(a.stays) && !a.stays[n].at.After(now) {
		s := a.stays[n]
		n++
		if c := &w.conns[s.index]; c.began == s.began && c.phase == awaitingHead {
			w.leave(c)
			a.now = append(a.now, s.index)
		}
	}
	a.stays = a.stays[n:]
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
