package main

import (
	"sync"
	"time"

	"github.com/freshet-go/freshet/bench/internal/machine"
)

// sampleEvery is the distance of two samples.
const sampleEvery = 500 * time.Millisecond

// sample is what the processes and the kernel used at one moment. CPU times are
// since the processes began.
type sample struct {
	AtMS      int64          `json:"at_ms"` // since the first server was started
	ServerCPU int64          `json:"servers_cpu_ms"`
	ServerKiB int64          `json:"servers_rss_kib"`
	ClientCPU int64          `json:"clients_cpu_ms"`
	ClientKiB int64          `json:"clients_rss_kib"`
	BusyMS    int64          `json:"machine_cpu_ms"` // of all processors
	Kernel    machine.Kernel `json:"kernel"`
}

// own is the processor time of servers and clients.
func (s sample) own() int64 { return s.ServerCPU + s.ClientCPU }

// watch samples all processes until it is stopped.
type watch struct {
	start time.Time

	mu        sync.Mutex // guards the rest: processes are added while samples are taken
	processes []*process
	samples   []sample

	quit chan struct{}
	done sync.WaitGroup // the sampling goroutine, ended by quit
}

func newWatch() *watch {
	w := &watch{start: time.Now(), quit: make(chan struct{})}
	w.take()
	w.done.Go(w.loop)
	return w
}

func (w *watch) loop() {
	each := time.NewTicker(sampleEvery)
	defer each.Stop()
	for {
		select {
		case <-w.quit:
			return
		case <-each.C:
			w.take()
		}
	}
}

func (w *watch) add(p *process) {
	w.mu.Lock()
	w.processes = append(w.processes, p)
	w.mu.Unlock()
}

// take takes a sample and keeps it. A process that has ended counts nothing.
func (w *watch) take() sample {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := sample{AtMS: time.Since(w.start).Milliseconds(), BusyMS: machine.Busy().Milliseconds(), Kernel: machine.ReadKernel()}
	for _, p := range w.processes {
		cpu, _ := machine.CPU(p.pid())
		kib, _ := machine.QuickKiB(p.pid())
		if p.role == roleServer {
			s.ServerCPU, s.ServerKiB = s.ServerCPU+cpu.Milliseconds(), s.ServerKiB+kib
		} else {
			s.ClientCPU, s.ClientKiB = s.ClientCPU+cpu.Milliseconds(), s.ClientKiB+kib
		}
	}
	w.samples = append(w.samples, s)
	return s
}

// stop ends the sampling and gives what was taken.
func (w *watch) stop() []sample {
	close(w.quit)
	w.done.Wait()
	return w.samples
}
