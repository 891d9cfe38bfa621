package machine

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAProcessTellsWhatItUses(t *testing.T) {
	for end := time.Now().Add(30 * time.Millisecond); time.Now().Before(end); { // busy, so that there is time to be seen
	}
	self := os.Getpid()
	cpu, err := CPU(self)
	require.NoError(t, err)
	assert.Positive(t, cpu)
	assert.Positive(t, OwnCPU())
	assert.GreaterOrEqual(t, Busy(), cpu)
	exact, err := ResidentKiB(self)
	require.NoError(t, err)
	quick, err := QuickKiB(self)
	require.NoError(t, err)
	assert.InEpsilon(t, exact, quick, 0.5)

	before, err := Descriptors(self)
	require.NoError(t, err)
	f, err := os.Open(os.DevNull)
	require.NoError(t, err)
	after, err := Descriptors(self)
	require.NoError(t, err)
	assert.Equal(t, before+1, after)
	require.NoError(t, f.Close())
}

func TestAProcessThatIsNotThereIsAnError(t *testing.T) {
	const nobody = 1 << 30
	_, err := CPU(nobody)
	require.Error(t, err)
	_, err = ResidentKiB(nobody)
	require.Error(t, err)
	_, err = Descriptors(nobody)
	require.Error(t, err)
}

func TestTheKernelTellsItsLimits(t *testing.T) {
	assert.Positive(t, Sysctl("net/core/somaxconn", 0))
	assert.Greater(t, Sysctl("net/ipv4/ip_local_port_range", 1), Sysctl("net/ipv4/ip_local_port_range", 0))
	assert.Zero(t, Sysctl("net/core/somaxconn", 1))
	assert.Zero(t, Sysctl("no/such/thing", 0))
	assert.Positive(t, ReadKernel().AvailableKiB)
	assert.Positive(t, FileLimit())
	assert.ErrorContains(t, RaiseFileLimit(1<<40), "open files are needed")
}

func TestMemoryIsSaidInGiB(t *testing.T) {
	assert.Equal(t, "24 GiB", gib("24684084 kB"))
	assert.Equal(t, "much", gib("much"))
	assert.Contains(t, Look().Text(), "GiB")
}
