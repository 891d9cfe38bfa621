// Package sink is where application code pushes: a sink is written to by any
// goroutine at any time, and read by any number of subscribers as a Flux.
//
//	news := sink.DirectBestEffort[Headline]()
//	news.TryEmit(h)                                // anywhere
//	flux.Map(news, render).Subscribe(ctx, screen)  // any number of times
//
// # Words
//
// To emit is to offer a signal: a value, the completion, an error. What became
// of it is a [Result]. A sink is hot: it emits whether or not anybody listens,
// and a subscriber sees what is emitted from its subscription on. A direct sink
// keeps nothing; an emission is a walk over the subscribers on the goroutine
// that emits. A buffered sink keeps values until there is demand for them; a
// replay sink keeps them for those who come later. The terminal is the completion
// or the error; it is remembered, and whoever subscribes later gets it.
//
// # Which sink
//
// For live values [DirectBestEffort], with a [Policy] for each subscriber where
// dropping is not right; for values that all must see [MulticastBuffer], and
// [DirectAllOrNothing] where the emitter would rather be told; for one reader
// [UnicastBuffer]; for a state [ReplayLatest]; for a result [NewOne]; for each
// user, room or document [NewKeyed]. docs/sinks.md has the table, with Reactor's
// names beside ours.
//
// # Demand
//
// A subscriber asks for a number of values, and gets no more. What a sink does
// with a value that a subscriber did not ask for is the main difference between
// the kinds: a best-effort sink leaves that subscriber out, alone; an
// all-or-nothing sink gives it to nobody and tells the emitter FailOverflow; a
// buffered sink lets it wait, and with it everybody; a replay sink lets it wait
// for that subscriber, alone.
//
// # Many emitters
//
// Subscribers never get two signals at once, so of two goroutines that emit at
// the same time one must wait. Neither does: the second leaves its value in a
// bounded queue, is told [Handed], and goes on; the first sends the value after
// its own, before its emission returns. The same happens when a subscriber
// emits, completes, or subscribes from inside OnNext: every subscriber sees the
// outer value first and the inner one after it. Values of one goroutine keep
// their order. Only when the queue is full does an emission fail, with
// [FailNonSerialized]; [BusyLooping] tries again until there is room.
//
// An emitter that meets no other gets the exact result. Handed cannot be exact:
// the value may turn out to have no taker. Stats counts those as Lost, and
// Options.Hooks.NextDropped gets them. Reactor's own answer, refusing at once,
// is Options.Strict. Sinks with a buffer and replay sinks take what meets an
// emission as they take everything, and always answer exactly.
//
// The price of handing off is that an emission may send other goroutines' values
// before it returns. A subscriber that blocks therefore holds up every emitter's
// values, as it would any stream: put PublishOn in front of it.
//
// # What a subscriber may do
//
// Anything, from any goroutine and from inside any signal: cancel itself or
// another, request, subscribe, emit, complete. After Cancel has returned, no
// value begins to be delivered; one already under way on another goroutine may
// still arrive. A subscriber that joins during an emission does not see the value
// in flight, nor one that was handed off before it joined. A panic of a
// subscriber is the error of the operator it came from; a foreign subscriber that
// panics loses its subscription, and the emission goes on with the next one.
//
// # Try and Emit
//
// TryEmit, TryError and TryComplete report and leave the consequences to the
// caller. Emit, EmitError and EmitComplete ask a [Handler] whether to try again
// and then deal with the failure as Reactor's emitNext does, which includes
// terminating the sink on an overflow; use TryEmit on a sink that is to live on.
//
// # Coming from Reactor
//
// Sinks.many().multicast().directBestEffort() is [DirectBestEffort],
// directAllOrNothing() is [DirectAllOrNothing], onBackpressureBuffer(n) is
// [MulticastBuffer]; unicast().onBackpressureBuffer() is [UnicastBuffer] or
// [UnicastBounded], onBackpressureError() is [UnicastError]; replay().all(),
// latest(), latestOrDefault(v) and limit(...) are [ReplayAll], [ReplayLatest],
// [ReplayLatestOrDefault] and [ReplayLimit], [ReplayFor], [ReplayLimitFor]; one()
// and empty() are [NewOne] and [NewEmpty]. tryEmitNext is TryEmit, emitNext is
// Emit, FAIL_FAST is [FailFast], asFlux() is Flux(), mostly not needed. Results and
// their precedence are Reactor's. On purpose different: contended and re-entrant
// emissions are queued, in order, instead of refused or nested; a buffer of n holds
// n; a sink that cancelled itself says so; a subscriber of the terminal's moment
// cannot miss the error; subscribing and cancelling do not copy the list of
// subscribers.
package sink
