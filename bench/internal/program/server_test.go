package program

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAServerSaysWhereItListensAndWhichProcessesItIs(t *testing.T) {
	self := func() *Server { return &Server{cmd: &exec.Cmd{Process: &os.Process{Pid: 7}}} }
	s := self()
	require.NoError(t, s.read("listening on 127.0.0.1:1\n"))
	assert.Equal(t, "127.0.0.1:1", s.Addr)
	assert.Equal(t, []int{7}, s.PIDs)
	assert.False(t, s.External())

	s = self()
	require.NoError(t, s.read("listening on 127.0.0.1:1 pages 127.0.0.1:2 pids 8,9\n"))
	assert.Equal(t, []int{8, 9}, s.PIDs)
	assert.Equal(t, "127.0.0.1:2", s.pages)
	assert.True(t, s.External())

	for _, line := range []string{"", "listening", "serving on 127.0.0.1:1", "listening on 127.0.0.1:1 pages 127.0.0.1:2 pids x"} {
		assert.Error(t, self().read(line), line)
	}
}
