package main

import (
	"bytes"
	"runtime/debug"
	"runtime/pprof"
	"time"
)

// profiled is how long /cpu looks.
const profiled = 3 * time.Second

// pages are what every kind serves beside the stream.
func (a *audience) pages() map[string]func() []byte {
	gc := collect
	if a.external != nil {
		gc = a.external.collect
	}
	return map[string]func() []byte{
		"/stats": a.stats,
		"/gc":    gc,
		"/heap":  heapProfile,
		"/cpu":   cpuProfile,
	}
}

// collect forces a collection and gives free memory back, twice, since what is
// in a sync.Pool survives the first.
func collect() []byte {
	debug.FreeOSMemory()
	debug.FreeOSMemory()
	return []byte("done\n")
}

// heapProfile is for go tool pprof; GODEBUG=memprofilerate=1 makes it exact.
func heapProfile() []byte {
	var b bytes.Buffer
	if err := pprof.WriteHeapProfile(&b); err != nil {
		return []byte(err.Error())
	}
	return b.Bytes()
}

// cpuProfile is for go tool pprof, of the next three seconds.
func cpuProfile() []byte {
	var b bytes.Buffer
	if err := pprof.StartCPUProfile(&b); err != nil {
		return []byte(err.Error()) // another one is being taken
	}
	time.Sleep(profiled)
	pprof.StopCPUProfile()
	return b.Bytes()
}
