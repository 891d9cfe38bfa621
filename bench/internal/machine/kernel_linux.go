package machine

import (
	"bufio"
	"bytes"
	"os"
	"strconv"
)

// ReadKernel reads them; what cannot be read stays 0.
func ReadKernel() (k Kernel) {
	numbers("/proc/meminfo", func(name string, f []int64) {
		switch {
		case name == "MemAvailable" && len(f) > 0:
			k.AvailableKiB = f[0]
		case name == "Slab" && len(f) > 0:
			k.SlabKiB = f[0]
		}
	})
	numbers("/proc/net/sockstat", func(name string, f []int64) {
		if name == "TCP" && len(f) == 5 { // inuse, orphan, tw, alloc, mem in pages
			k.Sockets, k.BuffersKiB = f[0], f[4]*int64(os.Getpagesize())/1024
		}
	})
	return k
}

// numbers calls line with the name before the colon and the numbers behind it, for
// each line of a file.
func numbers(file string, line func(name string, f []int64)) {
	b, err := os.ReadFile(file)
	if err != nil {
		return
	}
	for lines := bufio.NewScanner(bytes.NewReader(b)); lines.Scan(); {
		name, rest, ok := bytes.Cut(lines.Bytes(), []byte(":"))
		if !ok {
			continue
		}
		var found []int64
		for field := range bytes.FieldsSeq(rest) {
			if n, err := strconv.ParseInt(string(field), 10, 64); err == nil {
				found = append(found, n)
			}
		}
		line(string(name), found)
	}
}
