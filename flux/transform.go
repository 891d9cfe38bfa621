package flux

// Map gives f(v) for each value v. f is called by the goroutine that sends the
// value; a panic of f cancels the source and is the error of the stream. Demand
// passes through. No allocation a value.
//
// Source: Reactor's Flux.map.
func Map[T, R any](src Publisher[T], f func(T) R) Flux[R] {
	return linear(src, func(st *stage, next func(R) bool) func(T) bool {
		return func(v T) bool {
			st.running = true
			r := f(v)
			st.running = false
			return next(r)
		}
	})
}
