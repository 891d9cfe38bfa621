package ssehttp

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// poll tells the loop about sockets that have become ready.
func (s *shard) poll() {
	raw, err := s.epoll.SyscallConn()
	if err != nil {
		s.srv.opts.Logger.Error("ssehttp: the shard cannot wait for its sockets", "error", err)
		return
	}
	events := make([]unix.EpollEvent, 512)
	for {
		n := 0
		closed := raw.Read(func(fd uintptr) bool {
			n, err = unix.EpollWait(int(fd), events, 0)
			for errors.Is(err, unix.EINTR) {
				n, err = unix.EpollWait(int(fd), events, 0)
			}
			return n > 0
		})
		if closed != nil {
			return
		}
		s.mu.Lock()
		s.ready = events[:n]
		s.unlockAndWake()
		<-s.handled
	}
}

// register begins to watch a connection.
func (s *shard) register(c *socket) bool {
	s.table.add(c)
	err := unix.EpollCtl(s.fd, unix.EPOLL_CTL_ADD, int(c.fd), &unix.EpollEvent{
		Events: unix.EPOLLIN | unix.EPOLLOUT | unix.EPOLLRDHUP | edgeTriggered,
		Fd:     int32(c.place), Pad: c.generation,
	})
	if err != nil {
		s.srv.opts.Logger.Error("ssehttp: the shard cannot watch a socket", "error", os.NewSyscallError("epoll_ctl", err))
		c.close(Gone)
		return false
	}
	c.wrote = s.tick
	s.schedule(c)
	return true
}

// schedule places a connection in the wheel anew.
func (s *shard) schedule(c *socket) {
	s.wheel.remove(c)
	if due := c.due(); due != 0 {
		s.wheel.add(c, due)
	}
}

// edgeTriggered is EPOLLET, whose constant is negative on some platforms.
const edgeTriggered = 1 << 31

// poked looks after sockets that have become ready.
func (s *shard) poked(ready []unix.EpollEvent) {
	for _, ev := range ready {
		c := s.table.get(uint32(ev.Fd), ev.Pad)
		if c == nil {
			continue
		}
		switch {
		case ev.Events&(unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0:
			c.close(Gone)
			continue
		case ev.Events&unix.EPOLLIN != 0 && !c.discard():
			continue
		}
		if ev.Events&unix.EPOLLOUT != 0 && c.late != nil {
			c.resume()
		}
	}
	if ready != nil {
		s.handled <- struct{}{} // room for the one token there is
	}
}

// table finds sockets by the number under which epoll knows them.
type table struct {
	sockets []*socket
	free    []uint32
	next    int32 // generation
}

func (t *table) add(c *socket) {
	t.next++
	c.generation = t.next
	if n := len(t.free); n > 0 {
		c.place = t.free[n-1]
		t.free = t.free[:n-1]
		t.sockets[c.place] = c
		return
	}
	c.place = uint32(len(t.sockets))
	t.sockets = append(t.sockets, c)
}

func (t *table) get(place uint32, generation int32) *socket {
	if c := t.sockets[place]; c != nil && c.generation == generation {
		return c
	}
	return nil
}

func (t *table) remove(c *socket) {
	t.sockets[c.place] = nil
	t.free = append(t.free, c.place)
}
