package flux

import "context"

// Publish makes f a source that many subscribers share. All of them see the
// values from when they came; the slowest sets the pace: a value is sent once
// every subscriber has demand for it, and up to the prefetch (Prefetch, 256)
// wait. Before the first has come values are let go, to the Discarded hook; when
// all have left they wait for the next. After the end a subscriber gets nothing
// until somebody connects anew.
//
// Signals are sent by f's goroutine or, if there was no demand, by the one that
// requested. A value costs a lock and a call for each subscriber; subscribing
// and cancelling are O(subscribers).
//
// Source: Reactor's Flux.publish.
func (f Flux[T]) Publish(opts ...PrefetchOption) Connectable[T] {
	n, err := publishOptions("Publish", opts)
	return Connectable[T]{&connectable[T]{src: f.source(), err: err, make: func() multicast[T] {
		return &publishing[T]{prefetch: n}
	}}}
}

// Share runs f once for all who are subscribed at the same time: the first
// subscriber starts it, later ones join, and when the last cancels it is
// cancelled. After it has ended, the next subscriber starts it anew. The slowest
// subscriber sets the pace; up to 256 values wait for it (a best-effort sink
// drops instead). f runs with the values, not the end, of the first subscriber's
// context. Signals are sent by f's goroutine or, if there was no demand, by the
// one that requested.
//
// Source: Reactor's Flux.share, which is publish().refCount().
func (f Flux[T]) Share() Flux[T] { return f.Publish().RefCount(1) }

// PublishSelect gives f a flux that shares one subscription to src, however often
// what f makes of it subscribes to it, and is what f returns. src is subscribed
// to after that, once for each subscriber; the slowest of the inner subscribers
// sets the pace, and up to the prefetch (Prefetch, 256) wait, also while nobody
// is subscribed. It is cancelled when the result has ended. The shared flux is of
// no use elsewhere: whoever is still subscribed to it then gets
// [ErrDisconnected]. f is called at each subscription; its panic is the error of
// the stream.
//
// Source: Reactor's Flux.publish(Function).
func PublishSelect[T, R any, P Publisher[R]](src Publisher[T], f func(shared Flux[T]) P, opts ...PrefetchOption) Flux[R] {
	n, err := publishOptions("PublishSelect", opts)
	if f == nil {
		err = invalid("PublishSelect(nil): the function must not be nil")
	}
	if err != nil {
		return Error[R](err)
	}
	up := sourceOf(src)
	return Flux[R]{sourceFunc[R](func(ctx context.Context, s Subscriber[R]) {
		shared := &publishing[T]{prefetch: n, batches: true, keeps: true, holds: true}
		shared.tie(ctx, nil)
		all := Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) { shared.add(ctx, s, nil) })}
		var result P
		if err := try(func() { result = f(all) }); err != nil {
			errorSource[R]{err}.subscribe(ctx, s)
			return
		}
		sourceFrom[R](result).subscribe(ctx, &selected[R]{down: s, push: pusher(s), release: shared.disconnect})
		up.subscribe(ctx, shared)
	})}
}

// selected lets go of the shared source when the result is over.
type selected[R any] struct {
	up      Subscription
	down    Subscriber[R]
	push    func(R) bool
	release func(error)
}

func (s *selected[R]) OnSubscribe(up Subscription) {
	s.up = up
	s.down.OnSubscribe(s)
}

func (s *selected[R]) OnNext(v R)         { s.push(v) }
func (s *selected[R]) TryOnNext(v R) bool { return s.push(v) }
func (s *selected[R]) Request(n int64)    { s.up.Request(n) }

func (s *selected[R]) OnError(err error) {
	s.down.OnError(err)
	s.release(ErrDisconnected)
}

func (s *selected[R]) OnComplete() {
	s.down.OnComplete()
	s.release(ErrDisconnected)
}

func (s *selected[R]) Cancel() {
	s.up.Cancel()
	s.release(ErrDisconnected)
}

func (s *selected[R]) TakePanic(p error) bool { return handPanic(s.down, p, s) }

// publishOptions reads a prefetch of 256, if there is no other.
func publishOptions(name string, opts []PrefetchOption) (prefetch int, err error) {
	o := options{prefetch: defaultHop}
	for _, opt := range opts {
		if opt == nil {
			return 0, invalid("%s: nil option", name)
		}
		opt.ahead(&o)
	}
	return o.prefetch, o.err
}
