package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/freshet-go/freshet/bench/internal/load"
	"github.com/freshet-go/freshet/bench/internal/machine"
	"github.com/freshet-go/freshet/bench/internal/program"
)

// report is what the JSON file holds.
type report struct {
	Options   options       `json:"options"`
	When      time.Time     `json:"when"`
	Machine   machine.Facts `json:"machine"`
	Limits    limits        `json:"limits"`
	Connected int64         `json:"connected"`
	Published int64         `json:"published"`
	Lost      int64         `json:"lost"`
	Processes []processUse  `json:"processes"`
	Resources []resource    `json:"resources"`
	Phases    []phase       `json:"phases"`
	Result    load.Result   `json:"result"` // of all clients together
	Samples   []sample      `json:"samples"`
}

// limits are what the machine allows.
type limits struct {
	Files      int `json:"open_files_a_process"`
	Backlog    int `json:"somaxconn"`
	FirstPort  int `json:"first_port"`
	LastPort   int `json:"last_port"`
	TCPMemory  int `json:"tcp_mem_pages"`
	Conntracks int `json:"conntrack_max"` // 0: the kernel does not track connections
}

// The phases of a run, by their beginning.
const (
	phaseConnecting = "connecting"
	phaseIdle       = "idle"
	phasePublishing = "publishing"
	phaseOver       = "over"
)

type phase struct {
	Name  string `json:"name"`
	Began sample `json:"began"`
}

// processUse is what one process used.
type processUse struct {
	Role         string     `json:"role"`
	Index        int        `json:"index"`
	PID          int        `json:"pid"`
	Conns        int64      `json:"conns"`
	BeforeKiB    int64      `json:"rss_before_kib"`    // before the first connection
	ConnectedKiB int64      `json:"rss_connected_kib"` // with all of them, idle
	EndKiB       int64      `json:"rss_end_kib"`
	CPUSeconds   float64    `json:"cpu_seconds"` // while events were published
	Files        int        `json:"files"`
	Server       *nodeStats `json:"server,omitempty"`
}

func newReport(opt options, files int) *report {
	return &report{Options: opt, When: time.Now().UTC().Truncate(time.Second), Machine: machine.Look(), Limits: limits{
		Files: files, Backlog: machine.Sysctl("net/core/somaxconn", 0), FirstPort: machine.Sysctl("net/ipv4/ip_local_port_range", 0),
		LastPort: machine.Sysctl("net/ipv4/ip_local_port_range", 1), TCPMemory: machine.Sysctl("net/ipv4/tcp_mem", 2),
		Conntracks: machine.Sysctl("net/netfilter/nf_conntrack_max", 0),
	}}
}

func (r *report) mark(name string, s sample) { r.Phases = append(r.Phases, phase{name, s}) }

// began gives the sample at the beginning of a phase; the zero sample for one that
// was not reached.
func (r *report) began(name string) sample {
	if i := slices.IndexFunc(r.Phases, func(p phase) bool { return p.Name == name }); i >= 0 {
		return r.Phases[i].Began
	}
	return sample{}
}

// lost gives how many deliveries are missing: of every event published, the
// connections that did not get it.
func (r *report) lost() int64 {
	arrived := int64(0)
	for _, e := range r.Result.ByEvent {
		arrived += e.Count
	}
	return r.Published*r.Result.Heads - arrived + r.Result.Duplicates
}

// last gives the times until the last client had an event, in ascending order.
func (r *report) last() []int64 {
	var all []int64
	for _, e := range r.Result.ByEvent {
		all = append(all, e.Last)
	}
	slices.Sort(all)
	return all
}

// middle gives the median of sorted values, 0 of none.
func middle(sorted []int64) int64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[len(sorted)/2]
}

// sum adds up a figure of the processes in a role.
func (r *report) sum(role string, value func(processUse) int64) (total int64) {
	for _, p := range r.Processes {
		if p.Role == role {
			total += value(p)
		}
	}
	return total
}

// finish prints the tables and writes the JSON and the page. The error says what was
// not kept.
func (r *report) finish(ctx context.Context) error {
	r.Lost, r.Resources = r.lost(), r.resources()
	fmt.Println(r.text())
	dir := r.Options.out
	if dir == "" {
		module, err := program.ModuleDir(ctx)
		if err != nil {
			return err
		}
		dir = filepath.Join(module, "results")
	}
	file := filepath.Join(dir, fmt.Sprintf("scale-%d-%s", r.Options.Conns, r.When.Format("20060102-150405")))
	page, err := r.page().WriteFile(file + ".html")
	if err != nil {
		return err
	}
	out, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file+".json", append(out, '\n'), 0o644); err != nil {
		return err
	}
	fmt.Println("written to", file+".json")
	fmt.Println("page:", page)
	return r.verdict()
}

// verdict gives an error for each bound that was not kept.
func (r *report) verdict() error {
	var errs []error
	if missing := int64(r.Options.Conns) - r.Connected; missing > 0 {
		errs = append(errs, fmt.Errorf("%d of %d connections were not made", missing, r.Options.Conns))
	}
	if gone := r.Result.Heads - r.Result.Open; gone > 0 {
		errs = append(errs, fmt.Errorf("%d connections were lost", gone))
	}
	if r.Lost != 0 {
		errs = append(errs, fmt.Errorf("%d deliveries are missing", r.Lost))
	}
	if r.Result.Gaps+r.Result.Duplicates > 0 {
		errs = append(errs, fmt.Errorf("%d gaps and %d duplicates in the ids", r.Result.Gaps, r.Result.Duplicates))
	}
	return errors.Join(errs...)
}
