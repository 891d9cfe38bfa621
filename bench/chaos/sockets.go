package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// disturbance disturbs until ctx is done and says what became of it.
type disturbance func(ctx context.Context, c *chaos) (note string, err error)

// disturbances in the order of the phases.
var disturbances = []struct {
	name string
	run  disturbance
}{
	{"kill", killed},
	{"pause", paused},
	{"reset", reset},
	{"half-close", halfClosed},
	{"narrow", narrow},
	{"garbage", garbage},
	{"silent", silent},
}

func names() (all []string) {
	for _, d := range disturbances {
		all = append(all, d.name)
	}
	return all
}

// request is one that opens a stream.
const request = "GET /events HTTP/1.1\r\nHost: chaos\r\nAccept: text/event-stream\r\n\r\n"

// sourceRoom is how many connections have one source address.
const sourceRoom = 10_000

// dial connects the k-th of those that disturb.
func (c *chaos) dial(ctx context.Context, k int, control func(network, address string, raw syscall.RawConn) error) (*net.TCPConn, error) {
	d := net.Dialer{Timeout: 10 * time.Second, Control: control, LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 90, 0, byte(1+k/sourceRoom))}}
	conn, err := d.DialContext(ctx, "tcp4", c.server.Addr)
	if err != nil {
		return nil, err
	}
	return conn.(*net.TCPConn), nil // of tcp4 it is one
}

// each has n clients at work at the same time, each a goroutine until it returns, and
// waits for them. The first error other than of the end is given.
func each(ctx context.Context, n int, client func(k int) error) error {
	var all sync.WaitGroup
	var first atomic.Pointer[error] // set by any of the goroutines
	for k := range n {
		all.Go(func() {
			if err := client(k); err != nil && ctx.Err() == nil {
				first.CompareAndSwap(nil, &err)
			}
		})
	}
	all.Wait()
	if err := first.Load(); err != nil {
		return *err
	}
	return nil
}

// reset opens streams and resets them (RST), over and over.
func reset(ctx context.Context, c *chaos) (string, error) {
	var resets atomic.Int64 // counted by all clients
	err := each(ctx, max(1, c.bad/10), func(k int) error {
		for ctx.Err() == nil {
			conn, err := c.dial(ctx, k, nil)
			if err != nil {
				return err
			}
			if _, err = conn.Write([]byte(request)); err == nil {
				_, err = conn.Read(make([]byte, 512)) // the head
			}
			_ = conn.SetLinger(0) // Close resets
			_ = conn.Close()
			if err != nil {
				return err
			}
			resets.Add(1)
			pause(ctx, 200*time.Millisecond)
		}
		return nil
	})
	return fmt.Sprintf("%d streams reset", resets.Load()), err
}

// halfClosed opens streams, shuts its sending side down, and waits for the end.
func halfClosed(ctx context.Context, c *chaos) (string, error) {
	var closed, kept atomic.Int64 // counted by all clients
	err := each(ctx, c.bad, func(k int) error {
		conn, err := c.dial(ctx, k, nil)
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close() }()
		if _, err := conn.Write([]byte(request)); err != nil {
			return err
		}
		if _, err := conn.Read(make([]byte, 512)); err != nil {
			return err
		}
		if err := conn.CloseWrite(); err != nil {
			return err
		}
		_ = conn.SetReadDeadline(time.Now().Add(c.options.phase)) // a TCP connection takes it
		if _, err := io.Copy(io.Discard, conn); err == nil || !errors.Is(err, context.DeadlineExceeded) && !isTimeout(err) {
			closed.Add(1)
		} else {
			kept.Add(1)
		}
		return nil
	})
	<-ctx.Done()
	return fmt.Sprintf("%d half-closed streams ended by the server, %d not", closed.Load(), kept.Load()), err
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}

// narrow opens streams with the smallest window that the kernel gives and takes a
// byte at a time.
func narrow(ctx context.Context, c *chaos) (string, error) {
	var bytes, ended atomic.Int64 // counted by all clients
	err := each(ctx, c.bad, func(k int) error {
		conn, err := c.dial(ctx, k, smallWindow)
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close() }()
		stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
		defer stop()
		if _, err := conn.Write([]byte(request)); err != nil {
			return err
		}
		for one := make([]byte, 1); ctx.Err() == nil; pause(ctx, 50*time.Millisecond) {
			if _, err := conn.Read(one); err != nil {
				if ctx.Err() == nil {
					ended.Add(1)
				}
				return nil
			}
			bytes.Add(1)
		}
		return nil
	})
	return fmt.Sprintf("%d clients took %d bytes one by one, %d were ended", c.bad, bytes.Load(), ended.Load()), err
}

// garbages are requests that are none.
var garbages = []string{
	"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",                                                                     // TLS to a plain port
	"GET /events HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("x", 64<<10) + "\r\n\r\n",                                // a head too large
	"GET /events HTTP/1.1\r\n",                                                                                         // a head that never ends
	"GET /events HTTP/9.9\r\nHost: a\r\n\r\n",                                                                          // no such version
	"POST /events HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",                                                   // no such length
	"POST /events HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\nx",                                         // a body that never comes
	"POST /events HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nZZZ\r\n",               // two framings, neither right
	"GET /events HTTP/1.1\r\nHost: a\r\nLast-Event-ID: " + strings.Repeat("9", 4<<10) + "\r\n\r\n",                     // an id too long
	"GET /events HTTP/1.1\r\nHost: a\r\nAccept: image/png\r\n\r\n",                                                     // not wanted
	"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",                                                                                 // HTTP/2 without asking
	"\r\n\r\n\r\n\r\n\x00\x00\x00\x00",                                                                                 // nothing
	"GET /events HTTP/1.1\r\nHost: a\r\n\r\nGET /events HTTP/1.1\r\nHost: a\r\n\r\n" + strings.Repeat("flood", 32<<10), // more than was asked for
}

// garbage sends what is no request, and random bytes, over and over.
func garbage(ctx context.Context, c *chaos) (string, error) {
	var sent, answered, closed atomic.Int64 // counted by all clients
	err := each(ctx, max(1, c.bad/4), func(k int) error {
		for n := k; ctx.Err() == nil; n++ {
			conn, err := c.dial(ctx, k, nil)
			if err != nil {
				return err
			}
			_ = conn.SetDeadline(time.Now().Add(2 * time.Second)) // a TCP connection takes it
			_, _ = conn.Write(trash(n))                           // the server may have had enough before its end
			sent.Add(1)
			if got, err := conn.Read(make([]byte, 512)); got > 0 {
				answered.Add(1)
			} else if !isTimeout(err) {
				closed.Add(1)
			}
			_ = conn.Close()
			pause(ctx, 100*time.Millisecond)
		}
		return nil
	})
	return fmt.Sprintf("%d pieces of garbage: %d answered, %d closed without a word, the rest left waiting", sent.Load(), answered.Load(), closed.Load()), err
}

// trash gives the n-th piece.
func trash(n int) []byte {
	if k := n % (len(garbages) + 1); k < len(garbages) {
		return []byte(garbages[k])
	}
	b := make([]byte, 1+rand.IntN(4096))
	for i := range b {
		b[i] = byte(rand.Uint32())
	}
	return b
}

// silentRate is how many silent connections are opened a second: what is looked at is
// holding them, and a flood of handshakes would be felt by itself.
const silentRate = 2500

// silent opens connections that never send a request.
func silent(ctx context.Context, c *chaos) (string, error) {
	var mu sync.Mutex // guards the connections, which several goroutines make
	var all []*net.TCPConn
	defer func() {
		for _, conn := range all {
			_ = conn.Close()
		}
	}()
	const hands = 16
	start := time.Now()
	var next, refused atomic.Int64 // the next connection, taken by the hands; those that could not be opened
	err := each(ctx, hands, func(int) error {
		for k := int(next.Add(1)) - 1; k < c.silent && ctx.Err() == nil; k = int(next.Add(1)) - 1 {
			pause(ctx, time.Until(start.Add(time.Duration(k)*time.Second/silentRate)))
			conn, err := c.dial(ctx, k, nil)
			if err != nil { // the accept queue is full of those before: that is how a server defends itself
				refused.Add(1)
				continue
			}
			mu.Lock()
			all = append(all, conn)
			mu.Unlock()
		}
		return nil
	})
	<-ctx.Done()
	return fmt.Sprintf("%d connections opened that never sent a request, %d could not be", len(all), refused.Load()), err
}
