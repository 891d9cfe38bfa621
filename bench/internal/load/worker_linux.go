package load

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"golang.org/x/sys/unix"
)

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
	reopened                              int64
	waited                                time.Duration
	connect, head, firstEvent, latency    *hdrhistogram.Histogram
	back                                  *hdrhistogram.Histogram // as head, of those that come back
	byEvent                               tallies
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
	targets []target
	field   timeField
	first   int // index of conns[0] among all connections, for the source address
	conns   []conn
	again   comebacks
	pumps   pumps
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

func newWorker(opt Options, targets []target, first, conns, slow int, stage *atomic.Int32) (*worker, error) {
	w := &worker{
		again: comebacks{churn: opt.Churn / float64(opt.Workers)},
		opt:   opt, targets: targets, field: newTimeField(opt.TimeField, opt.TimeUnit), first: first,
		conns: make([]conn, conns+slow), stage: stage, killed: make(chan struct{}), ended: make(chan struct{}),
		buf: make([]byte, 64<<10), errs: map[string]int64{},
	}
	for i := range w.conns {
		w.conns[i].index = i
	}
	for i := range slow {
		w.conns[i].slow = true // first, so that they are stuck when the window begins
	}
	w.count = counts{connect: newHistogram(), head: newHistogram(), firstEvent: newHistogram(), latency: newHistogram(), back: newHistogram()}
	w.pumps.ctx, w.pumps.cancel = context.WithCancel(context.Background())
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
		w.count.waited, w.count.reopened = 0, 0
		w.count.latency.Reset()
		w.count.back.Reset()
		w.again.since = time.Now()
		w.count.byEvent = newTallies(w.opt.ByEvent)
	}
	if n := w.kill.Swap(0); n > 0 {
		w.closeSome(n) // and opens them again in a storm
		close(w.killed)
	}
	return stage != stageDone
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

// publish adds to live what was counted since the last time.
func (w *worker) publish() {
	w.live.events.Add(w.moreEvents)
	w.live.bytes.Add(w.moreBytes)
	if w.worst > w.live.worst.Load() {
		w.live.worst.Store(w.worst)
	}
	w.moreEvents, w.moreBytes = 0, 0
}
