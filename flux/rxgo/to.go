package rxgo

import (
	"context"
	"fmt"

	rx "github.com/reactivex/rxgo/v2"

	"github.com/freshet-go/freshet/flux"
)

// ToRxGo gives src as an Observable. Each Observe is a subscription of its own,
// which runs on a goroutine until src has ended or the context of
// rxgo.WithContext is done; then the subscription is cancelled and the channel
// closed. An observer that stops reading before the end must end that context,
// or the goroutine waits for ever: RxGo has no other way to be told.
//
// One value is requested at first and one more whenever the channel has taken
// the last, so src is as fast as the observer; with rxgo.WithBufferedChannel(n) it
// runs n values ahead. An error of src is the last item, unchanged. A nil src
// gives an error that matches flux.ErrInvalid. Safe for concurrent use if src is.
// Cost: a goroutine for each observer and two channel operations a value.
//
// Source: RxGo's rxgo.Defer.
func ToRxGo[T any](src flux.Publisher[T], opts ...rx.Option) rx.Observable {
	return rx.Defer([]rx.Producer{func(ctx context.Context, next chan<- rx.Item) {
		if src == nil {
			rx.Error(fmt.Errorf("%w: ToRxGo(nil): the publisher must not be nil", flux.ErrInvalid)).SendContext(ctx, next)
			return
		}
		(&observer[T]{items: make(chan rx.Item, 2)}).feed(ctx, src, next)
	}}, opts...)
}

// observer hands the signals of a subscription to the goroutine that feeds the
// channel of an Observable.
type observer[T any] struct {
	up flux.Subscription
	// items has room for the one value that was requested and an error behind
	// it, so that no signal ever waits for the goroutine.
	items chan rx.Item
}

func (o *observer[T]) OnSubscribe(s flux.Subscription) { o.up = s }
func (o *observer[T]) OnNext(v T)                      { o.items <- rx.Of(v) }
func (o *observer[T]) OnError(err error)               { o.items <- rx.Error(err) }
func (o *observer[T]) OnComplete()                     { close(o.items) }

func (o *observer[T]) feed(ctx context.Context, src flux.Publisher[T], next chan<- rx.Item) {
	flux.From(src).Subscribe(ctx, o)
	defer o.up.Cancel()
	for {
		o.up.Request(1)
		select {
		case item, ok := <-o.items:
			if !ok || !item.SendContext(ctx, next) || item.Error() {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}
