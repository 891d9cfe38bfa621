package load

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"golang.org/x/sys/unix"
)

// maxPending is how many of a worker's connections may wait for the handshake at
// the same time: well under the accept queue of a common server, since a
// handshake that finds it full waits a second before it tries again.
const maxPending = 256

// idleWait bounds how long a worker sleeps, so that it sees a new stage of the
// run soon; rampWait is the same while it opens connections at a given rate.
const (
	idleWait = 100 * time.Millisecond
	rampWait = 2 * time.Millisecond
)

// counts are what a worker counts. They start anew with the window.
type counts struct {
	events, bytes, reads, comments        int64
	gaps, duplicates, untimed, unnumbered int64
	waited                                time.Duration
	connect, head, firstEvent, latency    *hdrhistogram.Histogram
}

// live are the counts that the progress line and the coordinator read while the
// worker runs: atomics, because they are read by another goroutine. The worker
// adds to them once a wake-up, not once an event.
type live struct {
	requested, heads, open, failed, events, bytes, worst, lastHead, slowClosed atomic.Int64
}

// worker is one epoll loop over its share of the connections.
//
// INVARIANTS
//   - Everything but live, stage and kill is touched by the worker's goroutine alone.
//   - A descriptor is open exactly while its conn is connecting, awaitingHead or streaming.
//   - opened counts the conns that are no longer unopened; they are conns[:opened].
//   - pending counts the conns that are connecting.
type worker struct {
	opt     Options
	target  target
	field   timeField
	first   int // index of conns[0] among all connections, for the source address
	conns   []conn
	opened  int
	pending int
	start   time.Time
	epfd    int
	wakefd  int

	stage  *atomic.Int32 // the run's stage, set by the coordinator
	kill   atomic.Int64  // how many connections to close now; set by the coordinator, taken by the worker
	live   live
	killed chan struct{} // closed after the kill; the coordinator waits for it
	ended  chan struct{} // closed when the loop ends, so that nobody waits for a kill in vain

	buf                   []byte
	now                   int64 // unix nanoseconds after the last read
	cur                   *conn // the connection whose bytes are being parsed
	measuring             bool
	onBody                func([]byte) error // w.content, bound once
	onEvent               func(*Event)       // w.event, bound once
	count                 counts
	errs                  map[string]int64
	worst                 int64
	moreEvents, moreBytes int64 // not yet added to live
}

func newWorker(opt Options, t target, first, conns, slow int, stage *atomic.Int32) (*worker, error) {
	w := &worker{
		opt: opt, target: t, field: newTimeField(opt.TimeField, opt.TimeUnit), first: first,
		conns: make([]conn, conns+slow), stage: stage, killed: make(chan struct{}), ended: make(chan struct{}),
		buf: make([]byte, 64<<10), errs: map[string]int64{},
	}
	for i := range slow {
		w.conns[i].slow = true // first, so that they are stuck when the window begins
	}
	w.count = counts{connect: newHistogram(), head: newHistogram(), firstEvent: newHistogram(), latency: newHistogram()}
	w.onBody, w.onEvent = w.content, w.event
	var err error
	if w.epfd, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, err
	}
	if w.wakefd, err = unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC); err != nil {
		_ = unix.Close(w.epfd)
		return nil, err
	}
	return w, w.watch(w.wakefd, -1, unix.EPOLLIN)
}

func (w *worker) watch(fd, index int, events uint32) error {
	return unix.EpollCtl(w.epfd, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: events, Fd: int32(index)})
}

// wake makes the loop look at stage and kill. Any goroutine may call it while
// the loop runs.
func (w *worker) wake() { _, _ = unix.Write(w.wakefd, []byte{1, 0, 0, 0, 0, 0, 0, 0}) }

// loop runs until the stage is stageDone, then closes every connection.
func (w *worker) loop(start time.Time) {
	defer close(w.ended)
	defer w.close()
	w.start = start
	events := make([]unix.EpollEvent, 512)
	for w.enter(w.stage.Load()) {
		wait := w.open()
		before := time.Now()
		n, err := unix.EpollWait(w.epfd, events, int(wait/time.Millisecond))
		w.count.waited += time.Since(before)
		if err != nil && !errors.Is(err, unix.EINTR) {
			w.fail(nil, "epoll: "+err.Error())
			return
		}
		for _, e := range events[:max(n, 0)] {
			w.ready(int(e.Fd), e.Events)
		}
		w.publish()
	}
}

// enter moves the worker to the run's stage and reports whether to go on.
func (w *worker) enter(stage int32) bool {
	if stage == stageWindow && !w.measuring {
		w.measuring = true
		w.count.events, w.count.bytes, w.count.reads, w.count.comments = 0, 0, 0, 0
		w.count.gaps, w.count.duplicates, w.count.untimed, w.count.unnumbered = 0, 0, 0, 0
		w.count.waited = 0
		w.count.latency.Reset()
	}
	if n := w.kill.Swap(0); n > 0 {
		w.closeSome(n)
		close(w.killed)
	}
	return stage != stageDone
}

// open starts the connections that are due and gives how long to sleep.
func (w *worker) open() time.Duration {
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
	return idleWait
}

func (w *worker) dial(i int) {
	c := &w.conns[i]
	c.began = time.Now().UnixNano()
	fd, err := dial(w.target, source((w.first+i)%w.opt.Sources), c.slow)
	if err != nil {
		c.phase = closed
		w.fail(nil, "connect: "+err.Error())
		return
	}
	c.fd, c.phase = int32(fd), connecting
	w.pending++
	if err := w.watch(fd, i, unix.EPOLLOUT); err != nil {
		w.fail(c, "epoll: "+err.Error())
	}
}

// ready handles what epoll said of connection i.
func (w *worker) ready(i int, events uint32) {
	if i < 0 {
		var b [8]byte
		_, _ = unix.Read(w.wakefd, b[:])
		return
	}
	c := &w.conns[i]
	switch c.phase {
	case connecting:
		w.connected(i, c)
	case awaitingHead, streaming:
		if c.slow {
			w.slowGone(c, events)
			return
		}
		w.read(c)
	}
}

func (w *worker) connected(i int, c *conn) {
	if e, err := unix.GetsockoptInt(int(c.fd), unix.SOL_SOCKET, unix.SO_ERROR); err != nil || e != 0 {
		w.fail(c, "connect: "+unix.Errno(e).Error())
		return
	}
	if n, err := unix.Write(int(c.fd), w.target.request); n != len(w.target.request) {
		w.fail(c, "request: "+errText(err))
		return
	}
	record(w.count.connect, time.Now().UnixNano()-c.began)
	w.pending--
	c.phase = awaitingHead
	w.live.requested.Add(1)
	interest := uint32(unix.EPOLLIN)
	if c.slow {
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
	}
}

// read takes what the socket holds, once: epoll is level-triggered and reports
// the rest again, so no connection starves the others.
func (w *worker) read(c *conn) {
	n, e := readSome(int(c.fd), w.buf)
	switch {
	case e == unix.EAGAIN || e == unix.EINTR:
		return
	case e != 0:
		w.fail(c, "read: "+e.Error())
		return
	case n == 0:
		w.fail(c, "closed by server")
		return
	}
	w.now, w.cur = time.Now().UnixNano(), c
	w.count.reads++
	w.count.bytes += int64(n)
	w.moreBytes += int64(n)
	if err := w.take(c, w.buf[:n]); err != nil {
		w.fail(c, err.Error())
	}
}

var errEnded = errors.New("ended by server")

// take parses the next bytes of a connection.
func (w *worker) take(c *conn, b []byte) error {
	if c.phase == awaitingHead {
		c.head = append(c.head, b...)
		head, rest, ok, err := splitHead(c.head)
		if err != nil || !ok {
			return err
		}
		if c.body, err = parseHead(head); err != nil {
			return err
		}
		c.head, c.phase, b = nil, streaming, rest
		record(w.count.head, w.now-c.began)
		w.live.heads.Add(1)
		w.live.open.Add(1)
		w.live.lastHead.Store(w.now)
	}
	ended, err := c.body.feed(b, w.onBody)
	if err == nil && ended {
		err = errEnded
	}
	return err
}

func (w *worker) content(b []byte) error {
	before := w.cur.parser.Comments
	err := w.cur.parser.Feed(b, w.onEvent)
	w.count.comments += w.cur.parser.Comments - before
	return err
}

func (w *worker) event(e *Event) {
	c := w.cur
	w.count.events++
	w.moreEvents++
	if !c.seen {
		c.seen = true
		record(w.count.firstEvent, w.now-c.began)
	}
	if at, ok := w.field.find(e.Data); ok {
		record(w.count.latency, w.now-at)
		w.worst = max(w.worst, w.now-at)
	} else {
		w.count.untimed++
	}
	id, ok := number(e.ID)
	if !ok {
		w.count.unnumbered++
		return
	}
	missing, duplicate := c.follow(id)
	w.count.gaps += missing
	if duplicate {
		w.count.duplicates++
	}
}

// publish adds to live what was counted since the last time.
func (w *worker) publish() {
	w.live.events.Add(w.moreEvents)
	w.live.bytes.Add(w.moreBytes)
	if w.worst > w.live.worst.Load() {
		w.live.worst.Store(w.worst)
	}
	w.moreEvents, w.moreBytes = 0, 0
}

// closeSome closes up to n streaming connections, one after the other with
// nothing in between.
func (w *worker) closeSome(n int64) {
	for i := range w.conns {
		if n == 0 {
			return
		}
		if c := &w.conns[i]; c.phase == streaming && !c.slow {
			w.shut(c)
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
	*c = conn{phase: closed, slow: c.slow}
}

func (w *worker) close() {
	for i := range w.conns[:w.opened] {
		if c := &w.conns[i]; c.phase != closed {
			w.shut(c)
		}
	}
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
