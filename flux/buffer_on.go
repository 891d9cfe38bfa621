package flux

import "context"

// BufferOn gathers values into a list until boundary gives a value, which starts
// a new one; empty lists are not given. It ends with boundary too: its
// completion gives the open list and completes, its error lets the list go. src
// and boundary are asked for everything; a list that was not requested ends the
// stream with ErrOverflow. A list is sent by the goroutine of the boundary.
//
// Source: Reactor's Flux.buffer(Publisher).
func BufferOn[T, U any](src Publisher[T], boundary Publisher[U]) Flux[[]T] {
	main, other := sourceOf(src), sourceOf(boundary)
	return Flux[[]T]{sourceFunc[[]T](func(ctx context.Context, s Subscriber[[]T]) {
		b := &bufferOn[T, U]{source: arbiter{open: Unbounded}}
		b.into(ctx, s)
		b.up = b
		b.boundary = trigger[U]{ctx: ctx, next: func(U) { b.cut() }, end: b.boundaryEnded}
		s.OnSubscribe(b)
		other.subscribe(ctx, &b.boundary)
		main.subscribe(ctx, b)
	})}
}

// cutList is the open list of the operators that cut it from another goroutine
// than that of the values.
//
// INVARIANTS: a list goes into the drain's queue under the lock of the open one,
// so that lists are sent in the order in which they were cut.
type cutList[T any] struct {
	listDrain[T]
	open filling[T]
}

// cutNow moves the open list, unless it is empty, to the drain. It fails if that
// was not requested. closing is for the last one.
func (c *cutList[T]) cutNow(closing bool) bool {
	c.open.mu.Lock()
	defer c.open.mu.Unlock()
	_, ok := c.cutLocked(closing)
	return ok
}

// cutLocked is cutNow for who holds the lock of the open list; it tells how many
// values it moved.
func (c *cutList[T]) cutLocked(closing bool) (n int, ok bool) {
	if c.open.len() > 0 {
		if n, ok = c.enqueueWanted(); !ok {
			return 0, false
		}
	}
	c.open.closed = c.open.closed || closing
	return n, true
}

// enqueueWanted queues the open list if it was requested.
func (c *cutList[T]) enqueueWanted() (n int, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := c.demand.load(); n >= 0 && n <= int64(c.queue.len()) {
		return 0, false
	}
	list := c.open.takeLocked()
	c.queue.push(list)
	return len(list), true
}

// drop lets the open list go; nothing is added any more.
func (c *cutList[T]) drop() { discardAll(c.ctx, c.open.close()) }

type bufferOn[T, U any] struct {
	cutList[T]
	boundary trigger[U]
	source   arbiter
}

func (b *bufferOn[T, U]) OnSubscribe(s Subscription) { b.source.set(s) }

func (b *bufferOn[T, U]) OnNext(v T) {
	if !b.open.add(v, firstCapacity) {
		dropNext(b.ctx, v)
	}
}

func (b *bufferOn[T, U]) OnError(err error) {
	b.boundary.cancel()
	b.fail(err)
}

func (b *bufferOn[T, U]) OnComplete() {
	b.boundary.cancel()
	b.complete()
}

func (b *bufferOn[T, U]) boundaryEnded(err error) {
	b.source.Cancel()
	if err != nil {
		b.fail(err)
		return
	}
	b.complete()
}

func (b *bufferOn[T, U]) cut() {
	if !b.cutNow(false) {
		b.overflow()
		return
	}
	b.change()
}

func (b *bufferOn[T, U]) complete() {
	if !b.cutNow(true) {
		b.overflow()
		return
	}
	b.end(nil)
}

func (b *bufferOn[T, U]) overflow() {
	b.source.Cancel()
	b.boundary.cancel()
	b.fail(ErrOverflow)
}

func (b *bufferOn[T, U]) fail(err error) {
	b.end(err)
	b.drop()
}

func (b *bufferOn[T, U]) Request(n int64) { b.request(n) }

func (b *bufferOn[T, U]) Cancel() {
	b.source.Cancel()
	b.boundary.cancel()
	b.drop()
	b.cancel()
}
