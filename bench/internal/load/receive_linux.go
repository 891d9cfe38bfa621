package load

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"
)

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
		w.live.open.Add(1)
		if c.known {
			record(w.count.back, w.now-c.began)
		} else {
			record(w.count.head, w.now-c.began)
			w.live.heads.Add(1)
			w.live.lastHead.Store(w.now)
		}
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
		if !c.known {
			record(w.count.firstEvent, w.now-c.began)
		}
	}
	at, ok := w.field.find(e.Data)
	if ok {
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
	w.count.byEvent.add(id, at, w.now)
	missing, duplicate := c.follow(id)
	w.count.gaps += missing
	if duplicate {
		w.count.duplicates++
	}
}
