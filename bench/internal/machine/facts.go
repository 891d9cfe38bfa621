// Package machine tells what a measurement ran on, and what processes and the
// kernel use meanwhile. It reads /proc, so that most of it is there on Linux only.
// All functions may be called from any goroutine.
package machine

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
)

// Facts say what a measurement ran on.
type Facts struct {
	CPU    string `json:"cpu"`
	CPUs   int    `json:"cpus"`
	Memory string `json:"memory"`
	Kernel string `json:"kernel"`
	Go     string `json:"go"`
}

// Look gives those of this machine; what it does not tell is empty.
func Look() Facts {
	return Facts{
		CPU: procField("/proc/cpuinfo", "model name"), CPUs: runtime.NumCPU(),
		Memory: procField("/proc/meminfo", "MemTotal"), Kernel: firstLine("/proc/sys/kernel/osrelease"), Go: runtime.Version(),
	}
}

// procField gives the value of the first "name: value" line, or "".
func procField(file, name string) string {
	b, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	for lines := bufio.NewScanner(bytes.NewReader(b)); lines.Scan(); {
		if key, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func firstLine(file string) string {
	b, _ := os.ReadFile(file) // absent elsewhere than on Linux
	line, _, _ := strings.Cut(string(b), "\n")
	return line
}

// Text says them in one line.
func (m Facts) Text() string {
	kernel, _, _ := strings.Cut(m.Kernel, "-")
	return fmt.Sprintf("%d x %s, %s, Linux %s, %s", m.CPUs, m.CPU, gib(m.Memory), kernel, m.Go)
}

// gib turns "24684084 kB" into "24 GiB", and leaves what it does not know.
func gib(memory string) string {
	kb, err := strconv.ParseInt(strings.TrimSuffix(memory, " kB"), 10, 64)
	if err != nil {
		return memory
	}
	return fmt.Sprintf("%.0f GiB", float64(kb)/(1<<20))
}

// Kernel is what the kernel has of memory and sockets at one moment.
type Kernel struct {
	AvailableKiB int64 // memory that programs could still get
	SlabKiB      int64 // the kernel's own structures, those of sockets among them
	BuffersKiB   int64 // socket buffers of TCP
	Sockets      int64 // TCP sockets in use
}
