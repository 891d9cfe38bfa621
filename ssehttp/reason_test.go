package ssehttp

import (
	"io"
	"net"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/valyala/fasthttp/fasthttputil"
)

// A write meets the end that the kernel puts to a client that acknowledges nothing
// if it comes before whoever reads has heard of it.
func TestAWriteThatTheKernelTimesOutFoundTheClientGone(t *testing.T) {
	writing := func(err error) error { return &net.OpError{Op: "write", Net: "tcp", Err: err} }
	for name, c := range map[string]struct {
		err  error
		want Reason
	}{
		"our deadline":            {writing(os.ErrDeadlineExceeded), Stalled},
		"our deadline, of a pipe": {fasthttputil.ErrTimeout, Stalled},
		"the kernel's timeout":    {writing(os.NewSyscallError("write", syscall.ETIMEDOUT)), Gone},
		"a reset":                 {writing(os.NewSyscallError("write", syscall.ECONNRESET)), Gone},
		"a closed pipe":           {io.ErrClosedPipe, Gone},
	} {
		assert.Equal(t, c.want, reasonOf(c.err), name)
	}
}
