package load

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/freshet-go/freshet/bench/internal/machine"
)

// The stages of a run, in order. Workers read them, the coordinator sets them.
const (
	stageRamp   int32 = iota // connections are opened, then the warm-up passes
	stageWindow              // what arrives is measured
	stageDone                // everything is closed
)

// tick is how often the coordinator looks at the workers.
const tick = 20 * time.Millisecond

// run is one call of Run: the coordinator's side.
type run struct {
	opt     Options
	workers []*worker
	loops   sync.WaitGroup // one goroutine a worker, ended by stageDone
	stage   atomic.Int32   // read by every worker, set by the coordinator
	start   time.Time
	course  course
	result  Result
}

// Run opens the connections, measures and closes them. It blocks for the time of
// connecting, the warm-up and the duration; when ctx is done it ends early with
// what it has. The error names an option that is out of bounds, a target that is
// refused, or says why nothing could be measured; failures of single connections
// are counted in the result. Several runs may go on at the same time.
func Run(ctx context.Context, opt Options) (Result, error) {
	opt, err := opt.withDefaults()
	if err != nil {
		return Result{}, err
	}
	targets, err := opt.targets()
	if err != nil {
		return Result{}, err
	}
	files := opt.Conns + opt.Slow
	if slices.ContainsFunc(targets, func(t target) bool { return t.tls != nil }) {
		files *= 3 // both ends of a pump, and the connection
	}
	if err := machine.RaiseFileLimit(files + spareFiles); err != nil {
		return Result{}, err
	}
	r := &run{opt: opt, result: Result{URLs: opt.URLs, Conns: opt.Conns, Started: time.Now().UTC().Truncate(time.Millisecond)}}
	if err := r.prepare(targets); err != nil {
		return Result{}, err
	}
	err = r.measure(ctx)
	r.finish()
	return r.result, err
}

// prepare makes the workers and takes the server's memory before the first
// connection.
func (r *run) prepare(targets []target) error {
	if len(r.opt.PIDs) > 0 {
		rss, err := together(r.opt.PIDs, machine.ResidentKiB)
		if err != nil {
			return fmt.Errorf("pid %v: %w", r.opt.PIDs, err)
		}
		r.result.Server = &ServerUse{PID: r.opt.PIDs[0], RSSBefore: rss}
	}
	n := min(r.opt.Workers, r.opt.Conns)
	r.opt.Workers = n
	first := 0
	for i := range n {
		conns, slow := share(r.opt.Conns, n, i), share(r.opt.Slow, n, i)
		w, err := newWorker(r.opt, targets, first, conns, slow, &r.stage)
		if err != nil {
			return err
		}
		r.workers = append(r.workers, w)
		first += conns + slow
	}
	return nil
}

// together adds up a figure of several processes.
func together[T int64 | time.Duration](pids []int, figure func(pid int) (T, error)) (sum T, err error) {
	for _, pid := range pids {
		one, err := figure(pid)
		if err != nil {
			return sum, err
		}
		sum += one
	}
	return sum, nil
}

// share gives the i-th of n parts of total, as equal as can be.
func share(total, n, i int) int { return total*(i+1)/n - total*i/n }

func (r *run) measure(ctx context.Context) error {
	r.start = time.Now()
	r.course = newCourse(r.opt, r.start, r.workers)
	for _, w := range r.workers {
		r.loops.Go(func() { w.loop(r.start) })
	}
	whole := r.wait(ctx, r.opt.ConnectTimeout, "connecting", r.allAnswered)
	r.answered(whole)
	if r.course.now.heads == 0 {
		return errors.New("no connection got the response head of an event stream")
	}
	r.wait(ctx, r.opt.Warmup, "warming up", never)
	r.begin(ctx)
	r.window(ctx)
	r.result.Broken = ctx.Err() != nil
	return nil
}

func never() bool { return false }

// begin waits for Options.Begin, while the connections are read.
func (r *run) begin(ctx context.Context) {
	if r.opt.Begin == nil {
		return
	}
	begun := make(chan struct{})
	go func() { // ends when Begin returns, which ctx makes it do
		defer close(begun)
		r.opt.Begin(ctx, r.course.now.heads)
	}()
	r.wait(ctx, MaxDuration, "waiting for the others", func() bool {
		select {
		case <-begun:
			return true
		default:
			return false
		}
	})
	<-begun
}

func (r *run) allAnswered() bool {
	return r.course.now.heads+r.course.now.failed >= int64(r.opt.Conns) &&
		r.course.now.requested+r.course.now.failed >= int64(r.opt.Conns+r.opt.Slow)
}

// wait looks at the workers until done says so, the time is over or ctx is done.
// It reports whether done said so.
func (r *run) wait(ctx context.Context, d time.Duration, what string, done func() bool) bool {
	deadline := time.NewTimer(d)
	defer deadline.Stop()
	ticks := time.NewTicker(tick)
	defer ticks.Stop()
	for {
		r.course.look(what)
		if done() {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-deadline.C:
			r.course.look(what)
			return done()
		case <-ticks.C:
		}
	}
}

// answered notes how connecting went.
func (r *run) answered(whole bool) {
	now := r.course.now
	r.result.Heads = now.heads
	if now.lastHead > 0 {
		r.result.HeadsIn = (now.lastHead - r.start.UnixNano()) / 1000
	}
	if missing := int64(r.opt.Conns) - now.heads; !whole || missing > 0 {
		r.result.Warnings = append(r.result.Warnings,
			fmt.Sprintf("%d of %d connections have no response head", missing, r.opt.Conns))
	}
	if s := r.result.Server; s != nil {
		s.RSSConnected, _ = together(r.opt.PIDs, machine.ResidentKiB) // a server that died shows in the errors
	}
}

// window measures: it sets the stage and takes the processes' use on both sides.
func (r *run) window(ctx context.Context) {
	s := r.result.Server
	var cpu time.Duration
	if s != nil {
		cpu, _ = together(r.opt.PIDs, machine.CPU)
	}
	busy, own, began := machine.Busy(), machine.OwnCPU(), time.Now()
	r.enter(stageWindow)
	if r.opt.Kill > 0 {
		r.wait(ctx, r.opt.KillAfter, "measuring", never)
		r.kill()
	}
	r.wait(ctx, r.opt.Duration-time.Since(began), "measuring", never)
	length := time.Since(began)
	r.result.WindowSeconds = length.Seconds()
	r.result.Client.CPUSeconds = (machine.OwnCPU() - own).Seconds()
	r.result.Client.RSSKiB, _ = machine.QuickKiB(os.Getpid()) // /proc of this process is always there
	r.result.Open = r.course.now.open
	if s != nil {
		after, err := together(r.opt.PIDs, machine.CPU)
		if err == nil {
			s.CPUSeconds = (after - cpu).Seconds()
		}
		s.RSSEnd, _ = together(r.opt.PIDs, machine.ResidentKiB)
		others := (machine.Busy() - busy).Seconds() - s.CPUSeconds - r.result.Client.CPUSeconds
		r.result.Client.Others = max(0, others/length.Seconds()/float64(runtime.NumCPU()))
	}
}

// enter sets the stage and wakes every worker, since an idle one sleeps.
func (r *run) enter(stage int32) {
	r.stage.Store(stage)
	for _, w := range r.workers {
		w.wake()
	}
}

// kill has the workers close the connections at once and waits until they have.
func (r *run) kill() {
	k := &KillResult{Conns: int64(r.opt.Kill), BeganNS: time.Now().UnixNano()}
	for i, w := range r.workers {
		w.kill.Store(int64(share(r.opt.Kill, len(r.workers), i)))
		w.wake()
	}
	for i, w := range r.workers {
		if share(r.opt.Kill, len(r.workers), i) > 0 {
			select {
			case <-w.killed:
			case <-w.ended:
			}
		}
	}
	k.EndedNS = time.Now().UnixNano()
	r.result.Kill = k
}

// finish stops the workers and adds up what they counted.
func (r *run) finish() {
	slow := r.course.now.slowClosed
	r.enter(stageDone)
	r.loops.Wait()
	r.course.end()
	for _, w := range r.workers {
		w.release()
	}
	r.result.addUp(r.workers)
	r.result.Samples = r.course.samples
	if r.opt.Slow > 0 {
		r.result.Slow = &SlowResult{Conns: int64(r.opt.Slow), Closed: slow}
	}
	r.result.conclude()
}
