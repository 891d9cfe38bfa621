package ssehttp

import "time"

// # Clients of the goroutine transport that lag
//
// A shard's write says at once that the kernel takes no more. That of a goroutine
// blocks instead, so a timer looks after it: a write that has taken slowWrite has
// found the socket full, and what waits behind it waits for the client. The timer is
// set once in slowWrite while there is something to write, and not at all otherwise.

const slowWrite = 100 * time.Millisecond

// watchFor sets the timer, unless it is; it needs mu.
func (st *stream) watchFor(d time.Duration) {
	switch {
	case st.watched:
		return
	case st.watch == nil:
		st.watch = time.AfterFunc(d, st.look)
	default:
		st.watch.Reset(d)
	}
	st.watched = true
}

// look is the timer's.
func (st *stream) look() {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.watched = false
	if !st.writing || st.why != 0 || !st.stalled.IsZero() {
		return
	}
	if took := time.Since(st.began); took < slowWrite {
		st.watchFor(slowWrite - took)
		return
	}
	st.stalled = st.began
	st.srv.counters.stalls.Add(1)
	if st.srv.observers.hear(hearsStalled) {
		st.srv.tellStalled(st.described())
	}
	st.bound()
}

// bound closes the stream of a client that has stalled and for which more waits than
// may; it needs mu.
func (st *stream) bound() {
	most := st.srv.opts.Limits.PendingPerStream
	if most > 0 && !st.stalled.IsZero() && st.waiting() > most {
		st.cutOff(Evicted)
	}
}

// hurry gives the client the stall timeout to take all that waits for it, now that
// nothing comes behind it; it needs mu.
func (st *stream) hurry() {
	if st.end != nil {
		st.end.Stop()
		st.end = nil
	}
	if stall := st.srv.opts.StallTimeout; stall != Never && st.why == 0 {
		st.end = time.AfterFunc(stall, func() { st.abort(Stalled) })
	}
}

// caughtUp is called by the writer when nothing waits any more; it needs mu.
func (st *stream) caughtUp() {
	if st.why != 0 {
		return
	}
	if st.stalled.IsZero() {
		return
	}
	since := st.stalled
	st.stalled = time.Time{}
	if st.srv.observers.hear(hearsResumed) {
		st.srv.tellResumed(StreamResumed{st.described(), time.Since(since)})
	}
}

// lag adds the stream to list if bytes wait for it.
func (st *stream) lag(list []laggard) []laggard {
	st.mu.Lock()
	defer st.mu.Unlock()
	if n := st.waiting(); n > 0 {
		return append(list, laggard{st, n, time.Since(st.began)})
	}
	return list
}

func (st *stream) evict(done func()) {
	defer done()
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.waiting() > 0 {
		st.cutOff(Evicted)
	}
}
