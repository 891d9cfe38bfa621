package catalogue

import "slices"

// sample shows one operator: the call as the picture has it, and the run.
type sample struct {
	name  string // the operator's
	title string
	run   func(g *stage)
}

// samples gives all of them.
func samples() []sample {
	return slices.Concat(sourceSamples(), transformSamples(), filterSamples(), combineSamples(), mergeSamples(),
		innerSamples(), aggregateSamples(), collectSamples(), bufferSamples(), windowSamples(), errorSamples(), repeatSamples(),
		backpressureSamples(), sideSamples(), timeSamples(), shareSamples(), railSamples(), railPeekSamples(),
		monoSources(), monoMethods(), monoSideSamples(), monoTimes(), monoChanges(), monoFlattening(), monoZips(), monoSteering())
}

// family is a chapter of the page: operators by the file they stand in.
type family struct {
	title string
	files []string
}

// families gives the chapters in order. Every file with an operator belongs to one.
func families() []family {
	return []family{
		{"Create", []string{"create.go", "seq2.go", "flux.go", "emitter.go", "generate.go", "produce.go", "interval.go", "timer.go", "using.go", "usingwhen.go", "mono.go"}},
		{"Transform", []string{"transform.go", "transform_type.go", "transform_time.go", "materialize.go"}},
		{"Filter", []string{"filter.go", "filterwhen.go", "take.go", "take_until.go", "skip.go", "distinct.go", "element.go", "sample.go"}},
		{"Combine", []string{"concat.go", "merge.go", "mergecomparing.go", "sequential.go", "zip.go", "zipiterable.go", "combinelatest.go", "withlatest.go", "join.go", "first.go"}},
		{"One to many", []string{"concatmap.go", "flatmapsignals.go", "switchmap.go", "switchonfirst.go", "expand.go", "expanddeep.go", "iterable.go", "delayuntil.go"}},
		{"Aggregate", []string{"aggregate.go", "aggregate_collect.go", "then.go"}},
		{"Buffer", []string{"buffer.go", "buffer_on.go", "buffer_time.go", "buffer_timeout.go", "buffer_until.go", "buffer_when.go"}},
		{"Window and group", []string{"window.go", "window_on.go", "window_timeout.go", "window_until.go", "window_when.go", "groupby.go"}},
		{"Errors and repetition", []string{"recover.go", "recover_map.go", "continue.go", "repeat.go", "retrywhen.go", "timeout.go", "timeout_on.go"}},
		{"Backpressure", []string{"backpressure.go", "pull.go"}},
		{"Lifecycle", []string{"lifecycle.go", "lifecycle_more.go", "observe.go"}},
		{"Time and hops", []string{"delay.go", "hop.go", "hop_up.go"}},
		{"Sharing", []string{"publish.go", "replay.go", "connectable.go", "refcount.go", "share.go"}},
		{"Parallel", []string{"parallel.go", "parallel_peek.go"}},
		{"Mono: create", []string{"mono/mono.go", "mono/func.go", "mono/create.go", "mono/using.go"}},
		{"Mono: transform", []string{"mono/transform.go", "mono/flatten.go"}},
		{"Mono: filter and combine", []string{"mono_filter.go", "mono/combine.go", "mono/zip.go"}},
		{"Mono: errors, repetition, time", []string{"mono_recover.go", "mono_time.go", "mono/steer.go", "mono_hop.go"}},
		{"Mono: lifecycle", []string{"mono_peek.go", "mono_lifecycle.go"}},
		{"Mono: cache", []string{"mono_cache.go"}},
	}
}
