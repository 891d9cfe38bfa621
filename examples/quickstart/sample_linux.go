package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
)

// readMachine reads the counters of procfs. What cannot be read or understood
// is left at zero and named in the error.
func readMachine(proc fs.FS) (reading, error) {
	var r reading
	err := errors.Join(
		read(proc, "stat", func(text string) (err error) { r.cores, err = parseStat(text); return }),
		read(proc, "loadavg", func(text string) (err error) { r.load, err = parseLoad(text); return }),
		read(proc, "meminfo", func(text string) (err error) { r.memory, err = parseMemory(text); return }),
		read(proc, "self/statm", func(text string) (err error) { r.memory.RSS, err = parseResident(text); return }),
		read(proc, "net/dev", func(text string) (err error) { r.loopbackName = "lo"; r.net, err = parseNet(text); return }),
	)
	return r, err
}

func read(proc fs.FS, name string, parse func(string) error) error {
	text, err := fs.ReadFile(proc, name)
	if err != nil {
		return err
	}
	if err := parse(string(bytes.TrimSpace(text))); err != nil {
		return fmt.Errorf("/proc/%s: %w", name, err)
	}
	return nil
}

// parseStat takes the lines "cpu0 user nice system idle iowait irq softirq
// steal ..." of /proc/stat. What follows steal is part of user already. Old
// kernels end earlier.
func parseStat(text string) ([]coreTicks, error) {
	var cores []coreTicks
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) == 0 || f[0] == "cpu" || !strings.HasPrefix(f[0], "cpu") {
			continue
		}
		ticks, err := numbers(f[1:min(len(f), 9)])
		if err != nil {
			return nil, err
		}
		if len(ticks) < 4 {
			return nil, fmt.Errorf("%q has %d numbers, want at least 4", strings.TrimSpace(line), len(ticks))
		}
		core := coreTicks{name: f[0]}
		for i, n := range ticks {
			core.total += n
			if i != 3 && i != 4 { // idle and iowait
				core.busy += n
			}
		}
		cores = append(cores, core)
	}
	if len(cores) == 0 {
		return nil, errors.New("no line for any core")
	}
	return cores, nil
}

// parseLoad takes the first three numbers of /proc/loadavg.
func parseLoad(text string) ([]float64, error) {
	f := strings.Fields(text)
	if len(f) < 3 {
		return nil, fmt.Errorf("%q has %d fields, want at least 3", text, len(f))
	}
	load := make([]float64, 3)
	for i := range load {
		var err error
		if load[i], err = strconv.ParseFloat(f[i], 64); err != nil {
			return nil, err
		}
	}
	return load, nil
}

// parseMemory takes "Name: 123 kB" lines of /proc/meminfo. Used is what no
// program could get without swapping; kernels older than MemAvailable give the
// parts it is estimated from.
func parseMemory(text string) (Memory, error) {
	size := map[string]uint64{}
	for line := range strings.Lines(text) {
		name, rest, ok := strings.Cut(line, ":")
		value := strings.Fields(rest)
		if !ok || len(value) == 0 {
			continue
		}
		n, err := strconv.ParseUint(value[0], 10, 64)
		if err != nil {
			return Memory{}, err
		}
		if len(value) > 1 && value[1] == "kB" {
			n *= 1024
		}
		size[name] = n
	}
	total, ok := size["MemTotal"]
	if !ok {
		return Memory{}, errors.New("no line MemTotal")
	}
	available, ok := size["MemAvailable"]
	if !ok {
		available = size["MemFree"] + size["Buffers"] + size["Cached"]
	}
	return Memory{
		Total:    total,
		Used:     total - min(available, total),
		SwapUsed: size["SwapTotal"] - min(size["SwapFree"], size["SwapTotal"]),
	}, nil
}

// parseResident takes the second number of /proc/self/statm, which is in pages.
func parseResident(text string) (uint64, error) {
	f := strings.Fields(text)
	if len(f) < 2 {
		return 0, fmt.Errorf("%q has %d fields, want at least 2", text, len(f))
	}
	pages, err := strconv.ParseUint(f[1], 10, 64)
	return pages * uint64(os.Getpagesize()), err
}

// carriers are the prefixes of interfaces that only hand on what another
// interface counts as well: bridges, and the host's ends of containers.
var carriers = []string{"veth", "br-", "docker", "virbr", "ifb", "cni", "flannel", "cali"}

// parseNet takes the lines "name: received-bytes (7 more) sent-bytes ..." of
// /proc/net/dev, without the carriers.
func parseNet(text string) (map[string]traffic, error) {
	links := map[string]traffic{}
	for line := range strings.Lines(text) {
		name, rest, ok := strings.Cut(line, ":")
		if name = strings.TrimSpace(name); !ok || isCarrier(name) {
			continue // the two lines of titles have no colon
		}
		f := strings.Fields(rest)
		if len(f) < 9 {
			return nil, fmt.Errorf("interface %q has %d numbers, want at least 9", name, len(f))
		}
		n, err := numbers([]string{f[0], f[8]})
		if err != nil {
			return nil, err
		}
		links[name] = traffic{in: n[0], out: n[1]}
	}
	return links, nil
}

func isCarrier(name string) bool {
	for _, prefix := range carriers {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

func numbers(fields []string) ([]uint64, error) {
	out := make([]uint64, len(fields))
	for i, f := range fields {
		n, err := strconv.ParseUint(f, 10, 64)
		if err != nil {
			return nil, err
		}
		out[i] = n
	}
	return out, nil
}
