package flux

import (
	"context"
	"slices"
	"sync"
)

// BufferWhen starts a list at each value v of opening, and gives it when the
// publisher shut(v) sends a value or completes. Lists may overlap, and may be
// empty; values outside all lists are let go. When src completes the open lists
// are given, the oldest first; it also completes once opening has and no list is
// open. An error of any of them ends it and lets the lists go. Everything is
// asked for at once; lists wait for demand. shut is called by the goroutine of
// opening; its panic is the error of the stream.
//
// Source: Reactor's Flux.bufferWhen.
func BufferWhen[T, O, C any, P Publisher[C]](src Publisher[T], opening Publisher[O], shut func(v O) P) Flux[[]T] {
	if shut == nil {
		return Error[[]T](invalid("BufferWhen: the function that gives the closing publisher must not be nil"))
	}
	return bufferWhen(sourceOf(src), sourceOf(opening), closeWith[O, C](shut))
}

// closeWith closes a list or a window with a publisher made by shut.
func closeWith[O, C any, P Publisher[C]](shut func(v O) P) newCloser[O] {
	return func(ctx context.Context, v O, closed func(error)) closer {
		t := &trigger[C]{ctx: ctx, end: closed}
		t.next = func(C) {
			if t.cancel() {
				closed(nil)
			}
		}
		p := sourceOf[C](shut(v))
		return closer{t.cancel, func() { p.subscribe(ctx, t) }}
	}
}

// closer is what is to close a list or a window: start must follow once the list
// is known.
type closer struct {
	cancel func() bool
	start  func()
}

// newCloser makes the closer for an opening value; closed is called once, unless
// it is cancelled.
type newCloser[O any] func(ctx context.Context, v O, closed func(err error)) closer

func bufferWhen[T, O any](main source[T], opening source[O], shut newCloser[O]) Flux[[]T] {
	return Flux[[]T]{sourceFunc[[]T](func(ctx context.Context, s Subscriber[[]T]) {
		b := &bufferWhenMain[T, O]{shut: shut, source: arbiter{open: Unbounded}, opening: true}
		b.into(ctx, s)
		b.up = b
		b.opener = trigger[O]{ctx: ctx, next: b.open, end: b.openingEnded}
		s.OnSubscribe(b)
		if b.source.isCancelled() {
			return
		}
		opening.subscribe(ctx, &b.opener)
		main.subscribe(ctx, b)
	})}
}

// bufferWhenMain fills any number of lists.
//
// INVARIANTS: mu guards lists, opening and over, and is never held while calling
// out. lists are the open ones, the oldest first. A list that leaves them goes
// into the drain's queue under mu, so that lists are sent in that order.
type bufferWhenMain[T, O any] struct {
	listDrain[T]
	source arbiter
	opener trigger[O]
	shut   newCloser[O]

	mu      sync.Mutex
	lists   []*openList[T]
	opening bool // more lists may be opened
	over    bool
}

type openList[T any] struct {
	values []T
	closer closer
}

func (b *bufferWhenMain[T, O]) OnSubscribe(s Subscription) { b.source.set(s) }

func (b *bufferWhenMain[T, O]) OnNext(v T) {
	b.mu.Lock()
	for _, l := range b.lists {
		l.values = append(l.values, v)
	}
	none := len(b.lists) == 0
	b.mu.Unlock()
	if none {
		discard(b.ctx, v)
	}
}

func (b *bufferWhenMain[T, O]) open(v O) {
	l := &openList[T]{values: []T{}}
	if err := try(func() {
		l.closer = b.shut(b.ctx, v, func(err error) { b.closed(l, err) })
	}); err != nil {
		b.fail(err)
		return
	}
	b.mu.Lock()
	over := b.over
	if !over {
		b.lists = append(b.lists, l)
	}
	b.mu.Unlock()
	if !over {
		l.closer.start()
	}
}

func (b *bufferWhenMain[T, O]) openingEnded(err error) {
	if err != nil {
		b.fail(err)
		return
	}
	b.mu.Lock()
	b.opening = false
	last := len(b.lists) == 0
	b.mu.Unlock()
	if last {
		b.source.Cancel()
		b.end(nil)
	}
}

func (b *bufferWhenMain[T, O]) closed(l *openList[T], err error) {
	if err != nil {
		b.fail(err)
		return
	}
	b.mu.Lock()
	i := slices.Index(b.lists, l)
	if i >= 0 {
		b.lists = slices.Delete(b.lists, i, i+1)
		b.enqueue(l.values)
	}
	last := i >= 0 && len(b.lists) == 0 && !b.opening
	b.mu.Unlock()
	if last {
		b.source.Cancel()
		b.end(nil)
		return
	}
	b.change()
}

func (b *bufferWhenMain[T, O]) OnError(err error) { b.fail(err) }

func (b *bufferWhenMain[T, O]) OnComplete() {
	for _, l := range b.stop() {
		b.enqueue(l.values)
	}
	b.end(nil)
}

func (b *bufferWhenMain[T, O]) fail(err error) {
	b.source.Cancel()
	lists := b.stop()
	b.end(err)
	b.discard(lists)
}

// stop lets everything go but the source, and gives the lists that were open.
func (b *bufferWhenMain[T, O]) stop() []*openList[T] {
	b.opener.cancel()
	b.mu.Lock()
	lists := b.lists
	b.lists, b.over = nil, true
	b.mu.Unlock()
	for _, l := range lists {
		l.closer.cancel()
	}
	return lists
}

func (b *bufferWhenMain[T, O]) discard(lists []*openList[T]) {
	for _, l := range lists {
		b.lost(l.values)
	}
}

func (b *bufferWhenMain[T, O]) Request(n int64) { b.request(n) }

func (b *bufferWhenMain[T, O]) Cancel() {
	b.source.Cancel()
	b.discard(b.stop())
	b.cancel()
}
