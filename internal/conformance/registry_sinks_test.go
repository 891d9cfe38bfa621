package conformance

import (
	"time"

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
		"replay.all":                     func(*rig, node) sinkUnderTest { return many{sink.ReplayAll[any]()} },
		"replay.latest":                  func(*rig, node) sinkUnderTest { return many{sink.ReplayLatest[any]()} },
		"replay.latestOrDefault":         func(_ *rig, n node) sinkUnderTest { return many{sink.ReplayLatestOrDefault(n["v"])} },
		"replay.limit":                   func(_ *rig, n node) sinkUnderTest { return replayLimit(n) },
		"one":                            func(*rig, node) sinkUnderTest { return one{sink.NewOne[any]()} },
		"empty":                          func(*rig, node) sinkUnderTest { return empty{sink.NewEmpty[any]()} },
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

func replayLimit(n node) sinkUnderTest {
	count, age := int(n.whole("n", 0)), time.Duration(n.whole("d", 0))*time.Millisecond
	switch {
	case !n.has("d"):
		return many{sink.ReplayLimit[any](count)}
	case !n.has("n"):
		return many{sink.ReplayFor[any](age)}
	}
	return many{sink.ReplayLimitFor[any](count, age)}
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

// one is a sink of one value under test.
type one struct{ *sink.One[any] }

func (o one) flux() flux.Flux[any] { return o.Flux() }

func (o one) do(action string, arg any) any {
	if action == "tryValue" {
		return o.TryEmit(arg).String()
	}
	return empty{&o.Empty}.do(action, arg)
}

// empty is a sink without a value under test.
type empty struct{ *sink.Empty[any] }

func (e empty) flux() flux.Flux[any] { return e.Flux() }

func (e empty) do(action string, arg any) any {
	switch action {
	case "tryComplete":
		return e.TryEmpty().String()
	case "tryError":
		return e.TryError(named(arg.(string))).String()
	case "count":
		return int64(e.SubscriberCount())
	}
	malformed("unknown action of a sink %s", action)
	return nil
}
