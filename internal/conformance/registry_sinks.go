package conformance

import (
	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
)

func sinks() map[string]newSink {
	return map[string]newSink{
		"multicast.directBestEffort":   func(*rig, node) sinkUnderTest { return many{sink.DirectBestEffort[any]()} },
		"multicast.directAllOrNothing": func(*rig, node) sinkUnderTest { return many{sink.DirectAllOrNothing[any]()} },
	}
}

// emitter is what every sink of many values can do.
type emitter interface {
	Flux() flux.Flux[any]
	TryEmit(v any) sink.Result
	TryComplete() sink.Result
	TryError(err error) sink.Result
	Emit(v any, h sink.Handler) sink.Result
	EmitComplete(h sink.Handler) sink.Result
	EmitError(err error, h sink.Handler) sink.Result
	SubscriberCount() int
}

// many is a sink of many values under test.
type many struct{ emitter }

func (m many) flux() flux.Flux[any] { return m.Flux() }

func (m many) do(action string, arg any) any {
	switch action {
	case "tryNext":
		return m.TryEmit(arg).String()
	case "tryComplete":
		return m.TryComplete().String()
	case "tryError":
		return m.TryError(named(arg.(string))).String()
	case "emitNext":
		return emitted(m.Emit(arg, sink.FailFast))
	case "emitComplete":
		return emitted(m.EmitComplete(sink.FailFast))
	case "emitError":
		return emitted(m.EmitError(named(arg.(string)), sink.FailFast))
	case "count":
		return int64(m.SubscriberCount())
	}
	malformed("unknown action of a sink %s", action)
	return nil
}

// emitted is how a trace writes what an emit gave: Reactor throws for the one
// result that leaves the value with the caller.
func emitted(r sink.Result) any {
	if r == sink.FailNonSerialized {
		return "threw:" + r.String()
	}
	return "ok"
}
