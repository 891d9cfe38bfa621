package load

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// pumps are a worker's TLS connections: what the worker has of one is an end of a
// socket pair, and two goroutines carry between the other end and the connection.
// So the worker knows nothing of TLS; a delivery takes some microseconds more and a
// connection about 40 KiB, which is the price of a tool that has TLS at all.
type pumps struct {
	ctx    context.Context // of the worker; ends the handshakes that are under way
	cancel context.CancelFunc
	all    sync.WaitGroup // every goroutine, each ended when either side closes

	mu   sync.Mutex // guards errs, which the goroutines count into
	errs map[string]int64
}

// socket starts a connection: plain, or the near end of a pump.
func (w *worker) socket(t target, from [4]byte, slow bool) (int, error) {
	if t.tls == nil {
		return dial(t, from, slow)
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	far := os.NewFile(uintptr(pair[1]), "pump")
	w.pumps.all.Go(func() { w.pumps.run(far, t, from, w.opt.ConnectTimeout) })
	return pair[0], nil
}

// run connects and carries until one side ends.
func (p *pumps) run(far *os.File, t target, from [4]byte, patience time.Duration) {
	defer func() { _ = far.Close() }() // the worker sees the end
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	d := tls.Dialer{NetDialer: &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IP(from[:])}}, Config: t.tls}
	c, err := d.DialContext(ctx, "tcp4", t.addr.String())
	if err != nil {
		p.fail(err)
		return
	}
	p.all.Go(func() { // carries the request, until the worker closes its end
		_, _ = io.Copy(c, far)
		_ = c.Close()
	})
	_, _ = io.Copy(far, c)
	_ = c.Close()
}

func (p *pumps) fail(err error) {
	if p.ctx.Err() != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.errs == nil {
		p.errs = map[string]int64{}
	}
	p.errs[fmt.Sprintf("tls: %v", reason(err))]++
}

// reason leaves out what is different for each connection.
func reason(err error) error {
	if op := (*net.OpError)(nil); errors.As(err, &op) {
		return op.Err
	}
	return err
}

// stop waits for all, when the worker has closed its ends.
func (p *pumps) stop() {
	p.cancel()
	p.all.Wait()
}
