package flux

import (
	"math"
	"math/bits"
)

// options collects what the operators' options set; each operator reads its own.
type options struct {
	concurrency int
	prefetch    int
	delayErrors bool
	errorsCut   bool // an error does not wait for the values before it
	boundary    bool // with delayErrors: only until the publisher at work has ended
	err         error
}

// MergeOption is an option of the operators that subscribe to publishers made
// from values: Concurrency, Prefetch, DelayErrors, DelayErrorsOfOuter.
type MergeOption interface{ merge(*options) }

// HopOption is an option of the operators that pass signals to another
// goroutine: Prefetch, CutErrors.
type HopOption interface{ hop(*options) }

// PrefetchOption is an option of the operators that request values ahead from
// each of their publishers: Prefetch.
type PrefetchOption interface{ ahead(*options) }

const (
	defaultConcurrency = 256 // inner publishers of a flatMap at a time
	defaultPrefetch    = 32  // values requested ahead from an inner publisher
	defaultHop         = 256 // values requested ahead across a goroutine

	// unlimited as a prefetch or concurrency asks for everything at once.
	unlimited = math.MaxInt
)

// Concurrency bounds how many inner publishers are subscribed to at a time; the
// default is 256. n < 1 ends the stream with ErrInvalid.
func Concurrency(n int) interface{ MergeOption } { return concurrency(n) }

// Prefetch sets how many values are requested ahead of the subscriber, from each
// inner publisher or across a goroutine; more are requested in batches of three
// quarters of it. The defaults are 32 for inner publishers and 256 across
// goroutines. n < 1 ends the stream with ErrInvalid; math.MaxInt requests
// everything at once.
func Prefetch(n int) interface {
	MergeOption
	HopOption
	PrefetchOption
} {
	return prefetch(n)
}

// DelayErrors keeps errors back until every publisher has ended. Several are
// joined (errors.Join), but by a ConcatMap without Prefetch, which sends the first.
func DelayErrors() interface{ MergeOption } { return delayErrors{} }

// DelayErrorsOfOuter keeps an error of the outer publisher back until the inner
// publisher at work has ended; an error of an inner one ends the stream at once.
// It is an option of the concat family; elsewhere it is DelayErrors.
//
// Source: delayUntilEnd = false of Reactor's Flux.concatMapDelayError.
func DelayErrorsOfOuter() interface{ MergeOption } { return delayErrorsOfOuter{} }

// CutErrors lets an error overtake the values that still wait; those are
// discarded.
//
// Source: delayError = false of Reactor's Flux.publishOn.
func CutErrors() interface{ HopOption } { return cutErrors{} }

type cutErrors struct{}

func (cutErrors) hop(o *options) { o.errorsCut = true }

type concurrency int

func (c concurrency) merge(o *options) {
	o.concurrency = int(c)
	if c < 1 {
		o.err = invalid("Concurrency(%d): must be at least 1", int(c))
	}
}

type prefetch int

func (p prefetch) merge(o *options) {
	o.prefetch = int(p)
	if p < 1 {
		o.err = invalid("Prefetch(%d): must be at least 1", int(p))
	}
}

func (p prefetch) hop(o *options)   { p.merge(o) }
func (p prefetch) ahead(o *options) { p.merge(o) }

type delayErrors struct{}

func (delayErrors) merge(o *options) { o.delayErrors = true }

type delayErrorsOfOuter struct{}

func (delayErrorsOfOuter) merge(o *options) { o.delayErrors, o.boundary = true, true }

func mergeOptions(opts []MergeOption) options {
	o := options{concurrency: defaultConcurrency, prefetch: defaultPrefetch}
	o.apply(opts)
	return o
}

func (o *options) apply(opts []MergeOption) {
	for _, opt := range opts {
		if opt == nil {
			o.err = invalid("nil option")
			continue
		}
		opt.merge(o)
	}
}

func prefetchOptions(opts []PrefetchOption) options {
	o := options{prefetch: defaultPrefetch}
	for _, opt := range opts {
		opt.ahead(&o)
	}
	return o
}

// prefetchDemand is the first request for a prefetch.
func prefetchDemand(n int) int64 {
	if n == unlimited {
		return Unbounded
	}
	return int64(n)
}

// queueBound is how many values a queue with the given prefetch takes from a
// source that sends more than was requested, before that is an overflow: the
// prefetch rounded up to a power of two, at least 8 (but 1 stays 1), as in
// Reactor.
func queueBound(prefetch int) int {
	if prefetch == 1 || prefetch == unlimited {
		return prefetch
	}
	return max(8, 1<<bits.Len(uint(prefetch-1)))
}
