package conformance

import (
	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
)

func sinks() map[string]newSink {
	return map[string]newSink{
		"unicast.onBackpressureBuffer":   func(_ *rig, n node) sinkUnderTest { return unicast(n) },
		"unicast.onBackpressureError":    func(*rig, node) sinkUnderTest { return many{sink.UnicastError[any]()} },
		"multicast.onBackpressureBuffer": func(_ *rig, n node) sinkUnderTest { return multicast(n) },
		"multicast.directBestEffort":     func(*rig, node) sinkUnderTest { return many{sink.DirectBestEffort[any]()} },
		"multicast.directAllOrNothing":   func(*rig, node) sinkUnderTest { return many{sink.DirectAllOrNothing[any]()} },
	}
}

func unicast(n node) sinkUnderTest {
	if n.has("n") {
		return many{sink.UnicastBounded[any](int(n.whole("n", 0)))}
	}
	return many{sink.UnicastBuffer[any]()}
}

func multicast(n node) sinkUnderTest {
	auto, given := n["autoCancel"].(bool)
	return many{sink.MulticastBuffer[any](int(n.whole("n", 256)), sink.Options{KeepOpen: given && !auto})}
}

// many is a sink of many values under test.
type many struct{ sink.Many[any] }

func (m many) flux() flux.Flux[any] { return flux.From[any](m.Many) }

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
