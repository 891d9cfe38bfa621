package main

import (
	"net"
	"sync"
	"syscall"
	"unsafe"

	"github.com/valyala/fasthttp"
	"golang.org/x/sys/unix"
)

const rawHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n\r\n"

// rawLoop is the floor: connections taken over from fasthttp, a slice of their
// descriptors, and one write call for each with the same bytes. No queue, no
// filter, no notice of a client that left until a write fails: nothing that a
// library does. A client that takes only part of a frame misses the next ones
// until it has taken the rest.
type rawLoop struct {
	a    *audience
	mu   sync.Mutex // guards fds and rest; held over the writes, which never block
	fds  []int
	rest map[int][]byte // by descriptor; only those that took part of a frame
}

func serveRawLoop(ln net.Listener, a *audience) (func(event), error) {
	l := &rawLoop{a: a, rest: map[int][]byte{}}
	server := &fasthttp.Server{Handler: fastHandler(a, l.takeOver), KeepHijackedConns: true}
	go func() { _ = server.Serve(ln) }() // accepts until the process ends
	return l.broadcast, nil
}

func (l *rawLoop) takeOver(ctx *fasthttp.RequestCtx) {
	ctx.HijackSetNoResponse(true)
	ctx.Hijack(func(c net.Conn) {
		inner, ok := c.(interface{ UnsafeConn() net.Conn })
		if !ok {
			_ = c.Close()
			return
		}
		l.add(inner.UnsafeConn())
	})
}

// add keeps a copy of the descriptor and gives the connection back, so that the
// runtime's poller forgets it.
func (l *rawLoop) add(c net.Conn) {
	defer func() { _ = c.Close() }()
	tcp, ok := c.(syscall.Conn)
	if !ok {
		return
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return
	}
	fd := -1
	err = raw.Control(func(p uintptr) { fd, _ = unix.FcntlInt(p, unix.F_DUPFD_CLOEXEC, 0) })
	if err != nil || fd < 0 {
		return
	}
	if n, _ := unix.Write(fd, []byte(rawHead)); n != len(rawHead) {
		_ = unix.Close(fd)
		return
	}
	l.mu.Lock()
	l.fds = append(l.fds, fd)
	l.mu.Unlock()
	l.a.join()
}

func (l *rawLoop) broadcast(e event) {
	frame := e.frame()
	l.mu.Lock()
	defer l.mu.Unlock()
	kept := l.fds[:0]
	for _, fd := range l.fds {
		if l.send(fd, frame) {
			kept = append(kept, fd)
			continue
		}
		_ = unix.Close(fd)
		delete(l.rest, fd)
		l.a.leave()
	}
	l.fds = kept
}

// send writes the frame, or what is left of an earlier one in its place. It
// reports whether the client is still there.
func (l *rawLoop) send(fd int, frame []byte) bool {
	late := l.rest[fd]
	if late != nil {
		frame = late
		l.a.missed.Add(1)
	}
	n, err := writeSome(fd, frame)
	switch {
	case err == unix.EAGAIN:
		if late == nil {
			l.a.missed.Add(1)
		}
	case err != 0:
		return false
	case n < len(frame):
		l.rest[fd] = frame[n:]
	case late != nil:
		delete(l.rest, fd)
	}
	return true
}

// writeSome is write(2) without telling Go's scheduler: the descriptor is
// non-blocking.
func writeSome(fd int, b []byte) (int, unix.Errno) {
	n, _, e := unix.RawSyscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
	return int(n), e
}
