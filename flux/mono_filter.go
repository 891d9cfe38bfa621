package flux

// Filter gives the value if keep is true for it, and is empty otherwise. keep is
// called by the goroutine that sends the value; its panic is the error of the
// stream. A value that is rejected is discarded. No allocation.
//
// Source: Reactor's Mono.filter.
func (m Mono[T]) Filter(keep func(T) bool) Mono[T] { return Mono[T](m.Flux().Filter(keep)) }

// DefaultIfEmpty gives v if m is empty. v waits for demand like any value.
//
// Source: Reactor's Mono.defaultIfEmpty.
func (m Mono[T]) DefaultIfEmpty(v T) Mono[T] { return Mono[T](m.Flux().DefaultIfEmpty(v)) }

// SwitchIfEmpty goes on with the first value of other if m is empty; other is then
// subscribed to by the goroutine that completed m, and the open demand goes over
// to it.
//
// Source: Reactor's Mono.switchIfEmpty.
func (m Mono[T]) SwitchIfEmpty(other Publisher[T]) Mono[T] {
	return Mono[T](m.Flux().SwitchIfEmpty(only(other)))
}

// Single ends with ErrEmpty if m is empty. The value is given when m has
// completed.
//
// Source: Reactor's Mono.single.
func (m Mono[T]) Single() Mono[T] { return m.Flux().Single() }

// IgnoreElement lets the value go and gives only the end of m. It asks for
// everything at the subscription; no demand is needed.
//
// Source: Reactor's Mono.ignoreElement.
func (m Mono[T]) IgnoreElement() Mono[T] { return m.Flux().IgnoreElements() }

// Or subscribes to m and to other and follows the one that sends the first signal,
// be it a value, completion or an error; the other one is cancelled. The signals
// are sent by the goroutine of the winner.
//
// Source: Reactor's Mono.or.
func (m Mono[T]) Or(other Publisher[T]) Mono[T] { return Mono[T](m.Flux().Or(only(other))) }

// ConcatWith gives the value of m, and then what next gives; see
// [Flux.ConcatWith].
//
// Source: Reactor's Mono.concatWith.
func (m Mono[T]) ConcatWith(next Publisher[T]) Flux[T] { return m.Flux().ConcatWith(next) }

// MergeWith gives the value of m and what other gives, as they come; see [Merge].
//
// Source: Reactor's Mono.mergeWith.
func (m Mono[T]) MergeWith(other Publisher[T]) Flux[T] { return m.Flux().MergeWith(other) }

// Repeat subscribes to m again, up to times times, when it has completed; see
// [Flux.Repeat].
//
// Source: Reactor's Mono.repeat(), Mono.repeat(long).
func (m Mono[T]) Repeat(times int64) Flux[T] { return m.Flux().Repeat(times) }

// RepeatIf subscribes to m again whenever it has completed and again is true; see
// [Flux.RepeatIf].
//
// Source: Reactor's Mono.repeat(BooleanSupplier).
func (m Mono[T]) RepeatIf(again func() bool) Flux[T] { return m.Flux().RepeatIf(again) }
