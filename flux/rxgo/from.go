package rxgo

import (
	"context"
	"fmt"
	"reflect"

	rx "github.com/reactivex/rxgo/v2"

	"github.com/freshet-go/freshet/flux"
)

// FromRxGo gives the items of src as a Flux. Each subscription is an Observe with
// the given options and a context that is done when the subscription has ended.
// A goroutine of the subscription receives, and only what was requested; how far
// src itself runs ahead is RxGo's affair: the buffer of its channel, and an item in
// the hands of each of its operators.
//
// The first item with an error ends the stream with that error, and so does a
// value that is not a T (an error that names both types, and matches
// flux.ErrInvalid). A nil value is the zero T where T is an interface.
//
// A producer of RxGo may be waiting to send without looking at its context; so
// after a cancel or an error what it still sends is received and let go, on a
// goroutine that ends when src closes its channel, or after 65,536 items, when it
// takes src for one that never will. (RxGo's own operators do not do that: a producer
// that stands before one of them must look at its context.) For the same reason
// src must not share its channel with other observers, as rxgo.FromChannel does:
// flux.FromChan is for channels.
//
// Source: RxGo's Observable.Observe.
func FromRxGo[T any](src rx.Observable, opts ...rx.Option) flux.Flux[T] {
	if src == nil {
		return flux.Error[T](fmt.Errorf("%w: FromRxGo(nil): the observable must not be nil", flux.ErrInvalid))
	}
	return flux.Defer(func(ctx context.Context) flux.Flux[T] {
		ctx, stop := context.WithCancel(ctx)
		items := src.Observe(append(opts[:len(opts):len(opts)], rx.WithContext(ctx))...)
		return flux.Handle(flux.FromChan(items), value[T]).
			DoFinally(func(end flux.SignalType) {
				stop()
				if end != flux.SignalComplete {
					go letGo(items) // ends with the channel, or after mostLetGo items
				}
			})
	})
}

// mostLetGo is how many items are received from a producer that goes on although
// its context is done.
const mostLetGo = 1 << 16

func letGo(items <-chan rx.Item) {
	for range mostLetGo {
		if _, ok := <-items; !ok {
			return
		}
	}
}

// value turns an item into a value or the end.
func value[T any](item rx.Item, out *flux.Step[T]) {
	var zero T
	v, ok := item.V.(T)
	switch {
	case item.E != nil:
		out.Error(item.E)
	case ok:
		out.Next(v)
	case item.V == nil && any(zero) == nil: // T is an interface
		out.Next(zero)
	default:
		out.Error(fmt.Errorf("%w: FromRxGo: an item of type %T, want %v", flux.ErrInvalid, item.V, reflect.TypeFor[T]()))
	}
}
