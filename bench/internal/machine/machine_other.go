//go:build !linux

package machine

import (
	"errors"
	"time"
)

var errNoProc = errors.New("processes are read from /proc, which Linux has")

// CPU is only there on Linux.
func CPU(int) (time.Duration, error) { return 0, errNoProc }

// ResidentKiB is only there on Linux.
func ResidentKiB(int) (int64, error) { return 0, errNoProc }

// QuickKiB is only there on Linux.
func QuickKiB(int) (int64, error) { return 0, errNoProc }

// Descriptors is only there on Linux.
func Descriptors(int) (int, error) { return 0, errNoProc }

// OwnCPU is only there on Linux; elsewhere it is 0.
func OwnCPU() time.Duration { return 0 }

// Busy is only there on Linux; elsewhere it is 0.
func Busy() time.Duration { return 0 }

// RaiseFileLimit leaves the limit as Go's runtime has set it.
func RaiseFileLimit(int) error { return nil }

// FileLimit is only known on Linux; elsewhere a cautious number.
func FileLimit() int { return 4096 }

// Sysctl is only there on Linux; elsewhere it is 0.
func Sysctl(string, int) int { return 0 }

// ReadKernel is only there on Linux; elsewhere it is empty.
func ReadKernel() Kernel { return Kernel{} }
