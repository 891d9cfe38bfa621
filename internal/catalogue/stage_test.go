package catalogue

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

// errSample is the error of a # in a sample.
var errSample = errors.New("error")

var ints = fluxtest.Marbles[int]{Err: errSample}

// kind tells how a signal is drawn.
type kind int

const (
	value kind = iota
	complete
	failure
	cancel
	request
	call // of a function of the user, shown in words
)

// event is a signal of a picture.
type event struct {
	at    time.Duration
	kind  kind
	label string
}

// row is a line of a picture: one stream, from its first subscription on.
type row struct {
	label  string
	begin  time.Duration
	events []event
	// words means that the events are written beside the time, not on a line of it.
	words bool
}

// stage runs one sample and records it. A sample runs in a bubble: it makes
// sources, subscribes to what it shows and returns.
type stage struct {
	t    *testing.T
	ctx  context.Context
	zero time.Time

	mu    sync.Mutex   // of what callbacks on other goroutines add
	ups   []func() row // the rows above the operator
	downs []func() row
	calls []event
	ends  []func()
}

func newStage(t *testing.T) *stage {
	ctx := flux.WithHooks(t.Context(), flux.Hooks{ErrorDropped: func(error) {}})
	return &stage{t: t, ctx: ctx, zero: time.Now()}
}

// in gives a cold source of a diagram, and shows it above the operator.
func (g *stage) in(diagram string) flux.Flux[int] {
	return g.other("", diagram)
}

// other is in for a source whose role has a name.
func (g *stage) other(label, diagram string) flux.Flux[int] {
	return above(g, label, ints.Cold(g.t, g.late(diagram)))
}

// late gives a diagram a few microseconds that no other source of the sample
// has: what two sources send at the same moment would come in any order.
func (g *stage) late(diagram string) string {
	return fmt.Sprintf("0.%03dms %s", len(g.ups)+1, diagram)
}

// above shows a source above the operator.
func above[T any](g *stage, label string, p flux.Publisher[T]) flux.Flux[T] {
	probe := fluxtest.NewProbe(p)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ups = append(g.ups, func() row { return rowOf(g, label, &probe.Timeline, false) })
	return flux.From[T](probe)
}

// out shows what a subscriber with unbounded demand gets.
func out[T any](g *stage, p flux.Publisher[T]) { outBy(g, p, flux.Unbounded, nil) }

// outBy shows what a subscriber gets that requests first at once, and then, or
// cancels, as play does.
func outBy[T any](g *stage, p flux.Publisher[T], first int64, play func(rec *fluxtest.Recorder[string])) {
	outOf(g, "", p, first, play)
}

// outOf is outBy for one of several subscribers.
func outOf[T any](g *stage, label string, p flux.Publisher[T], first int64, play func(rec *fluxtest.Recorder[string])) {
	rec := fluxtest.NewRecorder[string](first)
	g.mu.Lock()
	g.downs = append(g.downs, func() row { return rowOf(g, label, &rec.Timeline, true) })
	g.ends = append(g.ends, rec.Cancel)
	g.mu.Unlock()
	flux.Map(p, func(v T) string { return show(v) }).Subscribe(g.ctx, rec)
	if play != nil {
		play(rec)
	}
}

// windows shows a stream of streams, each as a row of its own below the operator.
func windows[T any](g *stage, p flux.Publisher[T], open func(v T) (label string, inner flux.Flux[int])) {
	n := 0
	out(g, flux.Map(p, func(v T) string {
		n++
		label, inner := open(v)
		if label == "" {
			label = fmt.Sprintf("w%d", n)
		}
		outOf(g, label, inner, flux.Unbounded, nil)
		return label
	}))
}

// call shows that a function of the user was called.
func (g *stage) call(format string, args ...any) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.calls = append(g.calls, event{at: g.round(time.Since(g.zero)), kind: call, label: fmt.Sprintf(format, args...)})
}

// after runs f at a moment of the sample.
func (g *stage) after(d time.Duration, f func()) { time.AfterFunc(d, f) }

// picture lets time pass and gives what was recorded.
func (g *stage) picture(title string) picture {
	fluxtest.Advance(watched)
	p := picture{title: title, above: len(g.ups)}
	for _, read := range append(g.ups, g.downs...) {
		p.rows = append(p.rows, read())
	}
	for _, end := range g.ends {
		end()
	}
	if len(g.calls) > 0 {
		p.rows = append(p.rows, row{events: g.calls, words: true})
	}
	return p
}

// watched is how long a sample runs: it is long over by then.
const watched = time.Second

// rowOf reads a row from a timeline. Requests are shown of a subscriber that
// makes other than one request for everything.
func rowOf[T any](g *stage, label string, l *fluxtest.Timeline[T], requests bool) row {
	r := row{label: label, begin: -1}
	for _, e := range l.Events() {
		at := g.round(l.Start().Sub(g.zero) + e.At)
		if r.begin < 0 {
			r.begin = at
		}
		switch e.Kind {
		case fluxtest.Next:
			r.events = append(r.events, event{at, value, show(e.Value)})
		case fluxtest.Complete:
			r.events = append(r.events, event{at, complete, ""})
		case fluxtest.Error:
			r.events = append(r.events, event{at, failure, problem(e.Err)})
		case fluxtest.Cancel:
			r.events = append(r.events, event{at, cancel, ""})
		case fluxtest.Request:
			if requests && e.N != flux.Unbounded {
				r.events = append(r.events, event{at, request, fmt.Sprint(e.N)})
			}
		}
	}
	return r
}

// round takes the microseconds of late off a time.
func (*stage) round(at time.Duration) time.Duration { return at.Round(millis / 2) }

// problem names an error that is not the sample's own.
func problem(err error) string {
	switch {
	case errors.Is(err, flux.ErrTimeout):
		return "timeout"
	case errors.Is(err, flux.ErrOverflow):
		return "overflow"
	}
	return ""
}

func show(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		if v {
			return "true"
		}
		return "false"
	case struct{}:
		return "{}"
	}
	return fmt.Sprint(v)
}
