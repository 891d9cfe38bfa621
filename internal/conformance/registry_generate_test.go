package conformance

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/freshet-go/freshet/flux"
)

// userSources are the sources whose values the user's own code makes.
func userSources() map[string]newSource {
	return map[string]newSource{
		"generate": generate,
		"create": func(r *rig, n node, outer any) flux.Flux[any] {
			ms := n.moments("ev", outer)
			return flux.Create(func(_ context.Context, e *flux.Emitter[any]) { create(r, n, ms, e) },
				overflows[n.text("strategy", "BUFFER")])
		},
	}
}

func generate(r *rig, n node, outer any) flux.Flux[any] {
	count, end := n.num("n", outer), n.text("end", "complete")
	step := func(s int64, out *flux.Step[any]) int64 {
		if s >= count {
			lastStep(end, s, out)
			return s
		}
		out.Next(s)
		if s == count-1 && end == "completeWithLast" {
			out.Complete()
		}
		return s + 1
	}
	var cleanup func(int64)
	if n.flag("log") {
		cleanup = func(s int64) { r.log("generate:cleanup", s) }
	}
	return flux.Generate(func(context.Context) int64 { return 0 }, step, cleanup)
}

// lastStep is the call after the last value.
func lastStep(end string, s int64, out *flux.Step[any]) {
	how, name, _ := strings.Cut(end, ":")
	switch how {
	case "complete":
		out.Complete()
	case "error":
		out.Error(named(name))
	case "throw":
		panic(named(name))
	case "twice":
		out.Next(s)
		out.Next(s + 1)
	}
}

var overflows = map[string]flux.Overflow{
	"BUFFER": flux.OverflowBuffer, "DROP": flux.OverflowDrop, "LATEST": flux.OverflowLatest,
	"ERROR": flux.OverflowError, "IGNORE": flux.OverflowIgnore,
}

// create is the callback of the DSL's create: events by timers, and those of
// offset 0 at once.
func create(r *rig, n node, ms []moment, e *flux.Emitter[any]) {
	logged := n.flag("log")
	if logged {
		e.OnRequest(func(n int64) { r.log("create:request", amount(n)) })
		e.OnCancel(func() { r.log("create:cancel") })
	}
	var mu sync.Mutex // the disposal may come from a timer while others are armed
	var timers []*time.Timer
	e.OnDispose(func() {
		if logged {
			r.log("create:dispose")
		}
		mu.Lock()
		defer mu.Unlock()
		for _, t := range timers {
			t.Stop()
		}
	})
	for _, m := range ms {
		switch {
		case m.at == 0:
			emitAll(e, m.events)
		case !e.Cancelled():
			t := r.after(m.at, func() { emitAll(e, m.events) })
			mu.Lock()
			timers = append(timers, t)
			mu.Unlock()
		}
	}
	if n.has("throw") {
		panic(named(n.text("throw", "")))
	}
}

func emitAll(e *flux.Emitter[any], events []event) {
	for _, ev := range events {
		switch {
		case !ev.end:
			e.Next(ev.v)
		case ev.fail != nil:
			e.Error(ev.fail)
		default:
			e.Complete()
		}
	}
}
