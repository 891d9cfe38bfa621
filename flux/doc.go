// Package flux is streams of values in the manner of Project Reactor: [Flux] for
// any number of values, [Mono] for at most one, operators that compose them, and
// demand that runs from the subscriber up to the source.
//
//	prices := flux.Map(flux.Interval(time.Second), quote)
//	err := prices.Filter(changed).Take(10).ForEach(ctx, show)
//
// # Words
//
// A [Publisher] can be subscribed to. Operators take publishers and give a Flux
// or a Mono; building such a chain is assembly, and runs nothing. A subscription
// is one run of it: Subscribe tells every operator, from the last up to the
// source, who its [Subscriber] is, and the source answers with a [Subscription].
// Upstream is towards the source, downstream towards the subscriber.
//
// What a source sends are signals: any number of values, then at most one
// terminal, which is an error or completion. Signals of a subscription are
// serialized: never two at a time, whatever goroutines they come from.
//
// Demand is how many values the subscriber has requested and not yet received.
// No operator sends more. An operator that takes values faster than it is asked
// for them says so, and says what becomes of the surplus: that is backpressure.
// [Unbounded] demand takes everything.
//
// A cold source runs anew for each subscription; a hot one runs whether anybody
// listens or not. Multicast is one run for many subscribers.
//
// # Cancellation and contexts
//
// The ctx given to Subscribe, or to a terminal such as [Flux.ForEach], travels up
// to the sources. When it is done the subscription is cancelled, as by
// Subscription.Cancel: silently, for there is nobody to tell. A terminal that
// returns an error returns context.Cause(ctx). Sources that run user code (Defer,
// Create, Generate, Produce) hand the ctx to it.
//
// # Goroutines
//
// An operator runs on the goroutine that sends the signal, and a synchronous
// source on the one that requests. Timers run on a goroutine that exists for the
// tick, and PublishOn on one that exists while there is something to pass on. Only
// [Produce] and [FromChan] keep a goroutine per subscription, for as long as it
// lasts. So an idle subscription costs bytes, not a stack. A callback that blocks
// holds up its own stream and nobody else's.
//
// # Errors and panics
//
// An error ends a stream and passes through every operator as it is, so that
// errors.Is and errors.As work at the end. A panic of a user function is the same
// as an error of the operator that called it: the source is cancelled, and a
// [*PanicError] goes downstream. What can no longer be delivered, such as an error
// after the end, goes to the [Hooks] that the ctx carries, and by default to slog.
//
// A wrong argument, such as a negative count, is reported as an error that
// matches [ErrInvalid] at the subscription; assembling never fails.
//
// # Where to find things
//
// One family of operators is one file, or a few with the same beginning: create,
// generate, emitter, produce, interval; transform, materialize, iterable; filter,
// take, skip, distinct, element, sample; aggregate, then; buffer, window, groupby;
// concat, merge, sequential, zip, combinelatest, withlatest, join, first;
// concatmap, switchmap, expand, filterwhen; recover, retrywhen, repeat, using,
// timeout; backpressure, hop, delay; lifecycle, observe; share; terminal, pull. The
// methods of a Mono are in the files mono_*, and the rest of it in package mono.
// What they have in common is in the kernel files, each with its invariants.
package flux
