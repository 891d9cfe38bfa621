package flux_test

import (
	"time"

	"github.com/freshet-go/freshet/flux"
)

func multicastOperators() []operator {
	all := func(shared ints) ints { return shared }
	return []operator{
		{name: "Share", build: func(s ints) ints { return s.Share() }, joins: true},
		{name: "Connectable.RefCount of a Publish with a prefetch of 1", build: func(s ints) ints { return s.Publish(flux.Prefetch(1)).RefCount(1) }, joins: true},
		{name: "Connectable.RefCountGrace", build: func(s ints) ints { return s.Publish().RefCountGrace(1, 0) }, joins: true},
		{name: "PublishSelect", build: func(s ints) ints { return flux.PublishSelect(s, all) }},
		{name: "PublishSelect with a prefetch of 1", build: func(s ints) ints { return flux.PublishSelect(s, all, flux.Prefetch(1)) }},
		{name: "Parallel", build: func(s ints) ints { return flux.Parallel(s, 1).Sequential() }},
		{name: "Parallel on two rails", build: func(s ints) ints {
			return flux.Parallel(s, 2, flux.Prefetch(4)).Filter(yes).Sequential(flux.Prefetch(1))
		}, unordered: true, cuts: true},
		{name: "Replay", build: func(s ints) ints { return s.Replay().RefCount(1) }},
		{name: "ReplayLast", build: func(s ints) ints { return s.ReplayLast(3).RefCount(1) }, joins: true},
		{name: "ReplayLast of none", build: func(s ints) ints { return s.ReplayLast(0).RefCount(1) }, joins: true},
		{name: "ReplayFor", build: func(s ints) ints { return s.ReplayFor(time.Hour).RefCount(1) }},
		{name: "ReplayLastFor", build: func(s ints) ints { return s.ReplayLastFor(1, time.Hour).RefCount(1) }, joins: true},
	}
}
