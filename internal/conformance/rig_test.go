package conformance

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/freshet-go/freshet/flux"
)

// stepLimit is the number of signals after which a case is given up as endless.
// The longest recorded run has a few hundred.
const stepLimit = 20_000

// rig is one run of one case: what its pipeline shares, and what is recorded.
//
// Signals come from the driver, from timers and from executors, so everything
// below mu is guarded by it; mu is never held while calling out.
type rig struct {
	reg   *registry
	ctx   context.Context
	start time.Time // of the virtual clock

	hots map[string]*hot
	sink sinkUnderTest
	// connectable is the last publish or replay that was assembled.
	connectable flux.Connectable[any]

	mu     sync.Mutex
	trace  Trace
	live   map[*probed]bool // probes between subscription and end
	timers []*time.Timer    // of the DSL's own sources
	steps  int
	closed bool // the time of the case is over: nothing is recorded any more
	faults []string
	leaks  []string // probes whose upstream ran on when every subscriber had gone
}

func newRig(ctx context.Context, reg *registry) *rig {
	return &rig{
		reg: reg, ctx: ctx, start: time.Now(),
		hots:  map[string]*hot{},
		live:  map[*probed]bool{},
		trace: Trace{Out: map[string][]Row{}, Up: map[string][]Row{}},
	}
}

// now is the virtual time in ms.
func (r *rig) now() int64 { return time.Since(r.start).Milliseconds() }

// ---- recording ----

// record makes a row of the present time and lets add put it where it belongs.
func (r *rig) record(add func(t *Trace, row Row), what string, details ...any) {
	row := append(Row{r.now(), what}, details...)
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed {
		add(&r.trace, row)
	}
}

// log records a side effect.
func (r *rig) log(what string, details ...any) {
	r.record(func(t *Trace, row Row) { t.Log = append(t.Log, row) }, what, details...)
}

// out records what a subscriber got.
func (r *rig) out(id, what string, details ...any) {
	r.record(func(t *Trace, row Row) { t.Out[id] = append(t.Out[id], row) }, what, details...)
}

// up records what passed upward through a probe.
func (r *rig) up(id, what string, details ...any) {
	r.record(func(t *Trace, row Row) { t.Up[id] = append(t.Up[id], row) }, what, details...)
}

// fault records that the run itself went wrong.
func (r *rig) fault(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed {
		r.faults = append(r.faults, fmt.Sprintf("%d ms: ", r.now())+fmt.Sprintf(format, args...))
	}
}

// step counts a signal. An endless case is stopped by ending the goroutine that
// carries the signal: a panic would be caught by the operators and retried.
func (r *rig) step() {
	r.mu.Lock()
	r.steps++
	over, first := r.steps > stepLimit, r.steps == stepLimit+1
	r.mu.Unlock()
	if first {
		r.fault("endless: more than %d signals", stepLimit)
	}
	if over {
		runtime.Goexit()
	}
}

// protect runs f, the start of a task, and makes its panic a fault.
func (r *rig) protect(f func()) {
	defer func() {
		if p := recover(); p != nil {
			buf := make([]byte, 4096)
			r.fault("panic: %v\n%s", p, buf[:runtime.Stack(buf, false)])
		}
	}()
	f()
}

// after runs f in d ms from now, as a task of its own.
func (r *rig) after(ms int64, f func()) *time.Timer {
	t := time.AfterFunc(time.Duration(ms)*time.Millisecond, func() { r.protect(f) })
	r.mu.Lock()
	r.timers = append(r.timers, t)
	r.mu.Unlock()
	return t
}

// ---- building ----

// build makes the Flux of a pipeline. outer is what "$" stands for.
func (r *rig) build(p []node, outer any) flux.Flux[any] {
	if len(p) == 0 {
		malformed("an empty pipeline")
	}
	source, ok := r.reg.sources[p[0].op()]
	if !ok {
		malformed("unknown source %q", p[0].op())
	}
	return r.apply(r.hide(source(r, p[0], outer)), p[1:], outer)
}

// apply puts operators on a Flux.
func (r *rig) apply(f flux.Flux[any], ops []node, outer any) flux.Flux[any] {
	for _, n := range ops {
		operator, ok := r.reg.operators[n.op()]
		if !ok {
			malformed("unknown operator %q", n.op())
		}
		f = r.hide(operator(r, f, n, outer))
	}
	return f
}

func (r *rig) hide(f flux.Flux[any]) flux.Flux[any] {
	if !r.reg.hidden {
		return f
	}
	return flux.From[any](hidden{f})
}

// pipeline builds the pipeline in a field.
func (r *rig) pipeline(n node, key string, outer any) flux.Flux[any] {
	return r.build(n.nodes(key), outer)
}

// pipelines builds those in a field with several.
func (r *rig) pipelines(n node, key string, outer any) []flux.Publisher[any] {
	var ps []flux.Publisher[any]
	for _, p := range n.pipelines(key) {
		ps = append(ps, r.build(p, outer))
	}
	return ps
}

// inner is the mapper of flatMap and its kin: the pipeline in a field, built for
// each outer value, unless throwOn says that the mapper fails for it.
func (r *rig) inner(n node, key string) func(any) flux.Flux[any] {
	throwOn := n.list("throwOn")
	return func(v any) flux.Flux[any] {
		if throwOn != nil && same(v, throwOn[0]) {
			panic(named(throwOn[1].(string)))
		}
		return r.pipeline(n, key, v)
	}
}

// ---- teardown ----

// close stops the recording and gives what was recorded.
func (r *rig) close() (Trace, []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	return r.trace, slices.Clone(r.faults)
}

// markLeaks notes which probes are still running.
func (r *rig) markLeaks() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for p := range r.live {
		r.leaks = append(r.leaks, p.id)
	}
}

// release stops what a pipeline may have left running: sources behind a probe,
// and the timers of the DSL's own.
func (r *rig) release() {
	r.mu.Lock()
	var left []*probed
	for p := range r.live {
		left = append(left, p)
	}
	timers := r.timers
	r.mu.Unlock()
	for _, t := range timers {
		t.Stop()
	}
	for _, p := range left {
		p.Cancel()
	}
}
