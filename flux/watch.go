package flux

import "context"

func subscribeWatched[T any](ctx context.Context, src source[T], s Subscriber[T]) {
	src.subscribe(ctx, s)
}

type foreign[T any] struct{ p Publisher[T] }

func (f foreign[T]) subscribe(ctx context.Context, s Subscriber[T]) { f.p.Subscribe(ctx, s) }
