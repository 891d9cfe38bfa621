package flux

import "context"

// Join pairs each value of left with each value of right whose lifetimes overlap,
// and gives f of every such pair. leftEnd and rightEnd make a publisher of each
// value; its first signal ends the value's lifetime. Both sides are asked for
// everything; a value with more pairs than were requested when it came ends the
// stream with an error that matches ErrOverflow. It completes when both sides
// have. An error of a side or of a lifetime, or a panic of a function, ends it at
// once. The functions are called one at a time, by the goroutine that sent a
// signal. Cost: what is alive is kept, and each value is compared with all that
// live.
//
// Source: Reactor's Flux.join.
func Join[L, R, W, LE, RE any, PL Publisher[LE], PR Publisher[RE]](
	left Publisher[L], right Publisher[R], leftEnd func(L) PL, rightEnd func(R) PR, f func(l L, r R) W,
) Flux[W] {
	if leftEnd == nil || rightEnd == nil || f == nil {
		return nilFunc[W]("Join")
	}
	from, other := sourceOf(left), sourceOf(right)
	return Flux[W]{sourceFunc[W](func(ctx context.Context, s Subscriber[W]) {
		j := &join[L, R, W]{joining: joining[W]{ctx: ctx, down: s, push: pusher(s)}}
		j.liveLeft = lifetimes[L, LE](&j.joining, leftEnd)
		j.liveRight = lifetimes[R, RE](&j.joining, rightEnd)
		pair := func(l *joinLeft[L, R], r *joinValue[R]) { j.send(func() W { return f(l.v, r.v) }) }
		j.onLeft = func(l *joinLeft[L, R]) {
			for _, r := range j.rights {
				pair(l, r)
			}
		}
		j.onRight = func(r *joinValue[R]) {
			for _, l := range j.lefts {
				pair(l, r)
			}
		}
		j.start(from, other)
	})}
}

// GroupJoin gives f(l, rights) for each value l of left, where rights is a stream
// of the values of right that live while l does; it ends with the lifetime of l,
// or with the stream. Otherwise it is [Join]: what finds no demand is an overflow.
// rights may be subscribed to once, and keeps what comes before that.
//
// Source: Reactor's Flux.groupJoin.
func GroupJoin[L, R, W, LE, RE any, PL Publisher[LE], PR Publisher[RE]](
	left Publisher[L], right Publisher[R], leftEnd func(L) PL, rightEnd func(R) PR, f func(l L, rights Flux[R]) W,
) Flux[W] {
	if leftEnd == nil || rightEnd == nil || f == nil {
		return nilFunc[W]("GroupJoin")
	}
	from, other := sourceOf(left), sourceOf(right)
	return Flux[W]{sourceFunc[W](func(ctx context.Context, s Subscriber[W]) {
		j := &join[L, R, W]{joining: joining[W]{ctx: ctx, down: s, push: pusher(s)}, grouped: true}
		j.liveLeft = lifetimes[L, LE](&j.joining, leftEnd)
		j.liveRight = lifetimes[R, RE](&j.joining, rightEnd)
		j.onLeft = func(l *joinLeft[L, R]) {
			j.send(func() W { return f(l.v, Flux[R]{l.group}) })
			for _, r := range j.rights {
				l.group.offer(r.v)
			}
		}
		j.onRight = func(r *joinValue[R]) {
			for _, l := range j.lefts {
				l.group.offer(r.v)
			}
		}
		j.start(from, other)
	})}
}
