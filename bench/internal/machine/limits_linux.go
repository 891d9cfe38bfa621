package machine

import (
	"bytes"
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// RaiseFileLimit makes room for n open files in this process, above the hard limit
// if the process may (root), or says in its error how many there may be.
func RaiseFileLimit(n int) error {
	need := uint64(n)
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	if limit.Cur >= need {
		return nil
	}
	want := unix.Rlimit{Cur: need, Max: max(limit.Max, need)}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &want); err != nil {
		return fmt.Errorf("%d open files are needed: the limit is %d and cannot be raised (%w)", need, limit.Max, err)
	}
	return nil
}

// FileLimit gives how many files one process of this user may have open: the hard
// limit, or the kernel's own where this process may go beyond it.
func FileLimit() int {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 1024
	}
	most := Sysctl("fs/nr_open", 0)
	if RaiseFileLimit(most) == nil && most > 0 {
		return most
	}
	return int(min(limit.Max, 1<<30))
}

// Sysctl gives the k-th number of a file below /proc/sys, 0 if there is none.
func Sysctl(name string, k int) int {
	b, err := os.ReadFile("/proc/sys/" + name)
	if err != nil {
		return 0
	}
	fields := bytes.Fields(b)
	if k >= len(fields) {
		return 0
	}
	n, _ := strconv.Atoi(string(fields[k])) // no number: 0, as for no file
	return n
}
