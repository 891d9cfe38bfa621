package flux

// Filter passes the values for which keep is true. keep is called by the
// goroutine that sends the value; a panic of keep cancels the source and is the
// error of the stream. A rejected value is replaced by the source without
// another request passing up the chain. No allocation a value.
//
// Source: Reactor's Flux.filter.
func (f Flux[T]) Filter(keep func(T) bool) Flux[T] {
	return linear(f, func(st *stage, next func(T) bool) func(T) bool {
		return func(v T) bool {
			st.running = true
			ok := keep(v)
			st.running = false
			if !ok {
				return false
			}
			return next(v)
		}
	})
}
