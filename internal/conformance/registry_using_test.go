package conformance

import (
	"context"

	"github.com/freshet-go/freshet/flux"
)

// resources are the sources that hold something while they run.
func resources() map[string]newSource {
	return map[string]newSource{
		"using":     using,
		"usingWhen": usingWhen,
	}
}

func using(r *rig, n node, outer any) flux.Flux[any] {
	fail := func(key string) error {
		if n.has(key) {
			return named(n.text(key, ""))
		}
		return nil
	}
	acquire := func(context.Context) (int64, error) {
		if err := fail("failAcquire"); err != nil {
			return 0, err
		}
		r.log("using:acquire")
		return 1, nil
	}
	use := func(int64) flux.Publisher[any] {
		if err := fail("failFactory"); err != nil {
			panic(err)
		}
		return r.pipeline(n, "p", outer)
	}
	release := func(int64) error {
		r.log("using:release")
		return fail("failRelease")
	}
	if n.has("eager") && !n.flag("eager") {
		return flux.UsingLazily(acquire, use, release)
	}
	return flux.Using(acquire, use, release)
}

func usingWhen(r *rig, n node, outer any) flux.Flux[any] {
	resource := r.pipeline(n, "resource", outer).DoOnNext(func(v any) { r.log("usingWhen:acquire", v) })
	use := func(v any) flux.Publisher[any] {
		if n.has("failFactory") {
			panic(named(n.text("failFactory", "")))
		}
		return r.pipeline(n, "p", v)
	}
	cleanup := func(v any, end flux.SignalType, err error) flux.Publisher[any] {
		key := end.String()
		details := []any{v}
		if err != nil {
			details = append(details, nameOf(err))
		}
		r.log("usingWhen:"+key, details...)
		if !n.has(key) {
			key = "complete"
		}
		return r.pipeline(n, key, v)
	}
	return flux.UsingWhen(resource, use, cleanup)
}
