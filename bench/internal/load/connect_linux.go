package load

import (
	"time"

	"golang.org/x/sys/unix"
)

// maxPending is how many of a worker's connections may wait for the handshake at
// the same time: well under the accept queue of a common server, since a
// handshake that finds it full waits a second before it tries again.
const maxPending = 256

// open starts the connections that are due and gives how long to sleep.
func (w *worker) open() time.Duration {
	wait := w.reopen(time.Now())
	due := len(w.conns)
	if w.opt.Rate > 0 {
		share := float64(w.opt.Rate) / float64(w.opt.Workers)
		due = min(due, 1+int(share*time.Since(w.start).Seconds()))
	}
	for w.opened < due && w.pending < maxPending {
		w.dial(w.opened)
		w.opened++
	}
	if w.opened < len(w.conns) && w.pending < maxPending {
		return rampWait
	}
	return wait
}

// target gives where connection i of this worker goes.
func (w *worker) target(i int) target { return w.targets[(w.first+i)%len(w.targets)] }

func (w *worker) dial(i int) {
	c := &w.conns[i]
	c.began = time.Now().UnixNano()
	fd, err := w.socket(w.target(i), source(w.opt.FirstSource+(w.first+i)%w.opt.Sources), c.slow)
	if err != nil {
		c.phase = closed
		w.fail(nil, "connect: "+err.Error())
		w.later(c)
		return
	}
	c.fd, c.phase = int32(fd), connecting
	w.pending++
	if err := w.watch(fd, i, unix.EPOLLOUT); err != nil {
		w.fail(c, "epoll: "+err.Error())
	}
}

func (w *worker) connected(i int, c *conn) {
	if e, err := unix.GetsockoptInt(int(c.fd), unix.SOL_SOCKET, unix.SO_ERROR); err != nil || e != 0 {
		w.fail(c, "connect: "+unix.Errno(e).Error())
		return
	}
	request := w.request(i, c)
	if n, err := unix.Write(int(c.fd), request); n != len(request) {
		w.fail(c, "request: "+errText(err))
		return
	}
	w.pending--
	c.phase = awaitingHead
	if !c.known {
		if w.target(i).tls == nil { // else it is the pump that connects
			record(w.count.connect, time.Now().UnixNano()-c.began)
		}
		w.live.requested.Add(1)
	}
	interest := uint32(unix.EPOLLIN)
	if c.slow {
		w.stay(c)
		interest = unix.EPOLLRDHUP // EPOLLERR and EPOLLHUP come unasked
	}
	err := unix.EpollCtl(w.epfd, unix.EPOLL_CTL_MOD, int(c.fd), &unix.EpollEvent{Events: interest, Fd: int32(i)})
	if err != nil {
		w.fail(c, "epoll: "+err.Error())
	}
}

func (w *worker) slowGone(c *conn, events uint32) {
	if events&(unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0 {
		w.live.slowClosed.Add(1)
		w.shut(c)
		w.later(c)
	}
}

// closeSome closes up to n streaming connections, one after the other with
// nothing in between.
func (w *worker) closeSome(n int64) {
	for i := range w.conns {
		if n == 0 {
			return
		}
		if c := &w.conns[i]; c.phase == streaming && !c.slow {
			w.leave(c)
			if w.opt.Storm {
				w.again.now = append(w.again.now, i)
			}
			n--
		}
	}
}

// fail counts an error and closes the connection, if there is one.
func (w *worker) fail(c *conn, why string) {
	w.errs[why]++
	w.live.failed.Add(1)
	if c != nil {
		w.shut(c)
		w.later(c)
	}
}

func (w *worker) shut(c *conn) {
	switch c.phase {
	case connecting:
		w.pending--
	case streaming:
		w.live.open.Add(-1)
	}
	_ = unix.Close(int(c.fd)) // also takes it out of epoll
	fresh := conn{phase: closed, index: c.index, slow: c.slow, known: c.known || c.phase == streaming || c.slow}
	if w.opt.Resume {
		fresh.hasID, fresh.lastID = c.hasID, c.lastID
	}
	*c = fresh
}

func (w *worker) close() {
	for i := range w.conns[:w.opened] {
		if c := &w.conns[i]; c.phase != closed {
			w.shut(c)
		}
	}
	w.pumps.stop()
	_ = unix.Close(w.epfd)
}

// release closes what wake uses; the coordinator calls it when the loop has
// ended and nobody wakes it any more.
func (w *worker) release() { _ = unix.Close(w.wakefd) }

func errText(err error) string {
	if err == nil {
		return "short write"
	}
	return err.Error()
}
