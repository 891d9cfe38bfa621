package flux

// Last sends v and completes, in one step: of several goroutines that call it one
// wins, and the values of the others are dropped. It is the whole of what a source
// of one value has to say. v finds no overflow: it waits until it is requested,
// whatever the strategy.
//
// Source: Reactor's MonoSink.success.
func (e *Emitter[T]) Last(v T) {
	d := &e.out
	d.mu.Lock()
	late := d.ended || d.stopped.Load()
	if !late {
		d.ended = true
		d.queue.push(v)
	}
	d.mu.Unlock()
	if late {
		dropNext(d.ctx, v)
		return
	}
	d.change()
}
