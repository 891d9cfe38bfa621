package conformance

import (
	"time"

	"github.com/freshet-go/freshet/flux"
)

func multicasts() map[string]newOperator {
	return map[string]newOperator{
		"share": func(_ *rig, f flux.Flux[any], _ node, _ any) flux.Flux[any] { return f.Share() },
		"publish": func(r *rig, f flux.Flux[any], n node, _ any) flux.Flux[any] {
			if n.has("prefetch") {
				return r.connectWith(f.Publish(flux.Prefetch(n.bound("prefetch", 0))))
			}
			return r.connectWith(f.Publish())
		},
		"replay": func(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return r.connectWith(kept(n, outer, f.Replay, f.ReplayLast, f.ReplayFor, f.ReplayLastFor))
		},
		"cache": func(_ *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
			return kept(n, outer, f.Cache, f.CacheLast, f.CacheFor, f.CacheLastFor)
		},
		"autoConnect": func(r *rig, _ flux.Flux[any], n node, outer any) flux.Flux[any] {
			if n := int(n.num("n", outer)); n > 0 {
				return r.connectable.AutoConnect(n)
			}
			r.connectable.Connect(r.ctx)
			return r.connectable.Flux()
		},
		"refCount": func(r *rig, _ flux.Flux[any], n node, outer any) flux.Flux[any] {
			if n.has("grace") {
				return r.connectable.RefCountGrace(int(n.whole("n", 1)), n.ms("grace", outer))
			}
			return r.connectable.RefCount(int(n.whole("n", 1)))
		},
		"publishSelector": publishSelector,
	}
}

// kept picks the form of replay or cache by the bounds in a node.
func kept[R any](
	n node, outer any,
	all func() R, last func(int) R, within func(time.Duration) R, lastWithin func(int, time.Duration) R,
) R {
	switch {
	case n.has("n") && n.has("ttl"):
		return lastWithin(int(n.num("n", outer)), n.ms("ttl", outer))
	case n.has("ttl"):
		return within(n.ms("ttl", outer))
	case n.has("n"):
		return last(int(n.num("n", outer)))
	}
	return all()
}

// connectWith notes what the next autoConnect, refCount or connect is about.
func (r *rig) connectWith(c flux.Connectable[any]) flux.Flux[any] {
	r.connectable = c
	return c.Flux()
}

func publishSelector(r *rig, f flux.Flux[any], n node, outer any) flux.Flux[any] {
	selector := func(shared flux.Flux[any]) flux.Flux[any] {
		var all []flux.Publisher[any]
		for _, ops := range n.pipelines("opss") {
			all = append(all, r.apply(shared, ops, outer))
		}
		if n.has("throw") {
			panic(named(n.text("throw", "")))
		}
		switch n.text("combine", "merge") {
		case "concat":
			return flux.Concat(all...)
		case "zip":
			return flux.ZipAll(all, functionN(nil))
		}
		return flux.Merge(all...)
	}
	if n.has("prefetch") {
		return flux.PublishSelect(f, selector, flux.Prefetch(n.bound("prefetch", 0)))
	}
	return flux.PublishSelect(f, selector)
}
