package ssehttp

import (
	"crypto/tls"
	"net"
	"time"
)

// netWire is a connection that fasthttp has let go of.
type netWire struct {
	nc        net.Conn
	abandoned net.Conn // what is under nc, if the client was given up during a write
}

// wait throws away what the client sends, until it is gone or we are.
func (w *netWire) wait() Reason {
	var b [64]byte
	for n := 0; n <= mostDiscarded; {
		k, err := w.nc.Read(b[:])
		if err != nil {
			return Gone
		}
		n += k
	}
	return Flooded
}

func (w *netWire) write(b []byte) error {
	_, err := w.nc.Write(b)
	return err
}

func (w *netWire) allow(until time.Time) { _ = w.nc.SetWriteDeadline(until) }

func (w *netWire) cut(writing bool) {
	if writing {
		w.abandoned = abandon(w.nc)
	}
	if w.nc.RemoteAddr().Network() == "pipe" {
		_ = under(w.nc).Close() // in-memory pipes ignore a deadline that is set while they wait
		return
	}
	_ = w.nc.SetDeadline(time.Unix(1, 0))
}

// done does nothing unless KeepHijackedConns is set; otherwise fasthttp closes
// the connection. Of a client that was given up the socket is closed first: TLS would
// wait five seconds for room to say goodbye.
func (w *netWire) done() {
	if w.abandoned != nil {
		_ = w.abandoned.Close()
	}
	_ = w.nc.Close()
}

// under is the connection that fasthttp has wrapped.
func under(nc net.Conn) net.Conn {
	if w, ok := nc.(interface{ UnsafeConn() net.Conn }); ok {
		return w.UnsafeConn()
	}
	return nc
}

// abandon lets the kernel drop what it holds for a client that has stopped
// reading, when the connection is closed. It gives the one under nc.
func abandon(nc net.Conn) net.Conn {
	nc = bottom(nc)
	if t, ok := nc.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	return nc
}

// bottom is the connection under fasthttp's wrapper and under TLS.
func bottom(nc net.Conn) net.Conn {
	if w := under(nc); w != nil {
		nc = w
	}
	if t, ok := nc.(*tls.Conn); ok {
		nc = t.NetConn()
	}
	return nc
}
