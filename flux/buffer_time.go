package flux

import (
	"context"
	"time"
)

// BufferFor gives the values of each period as a list, counted from the
// subscription; periods without a value give none. src is asked for everything;
// a list that was not requested ends the stream with ErrOverflow. What is open
// when src completes is given; an error lets it go. Lists are sent by a timer's
// goroutine that exists only for the tick. A period that is not positive ends
// with ErrInvalid.
//
// Source: Reactor's Flux.buffer(Duration).
func BufferFor[T any](src Publisher[T], period time.Duration) Flux[[]T] {
	if period <= 0 {
		return Error[[]T](invalid("BufferFor(%v): the period must be positive", period))
	}
	return BufferOn(src, Interval(period))
}

// BufferForEvery starts a list every so often, the first at the subscription,
// and gives each after the time it is open, empty ones too: lists overlap if open
// is longer than every. Lists wait for demand. With open == every it is
// [BufferFor]. Times that are not positive end with ErrInvalid.
//
// Source: Reactor's Flux.buffer(Duration, Duration).
func BufferForEvery[T any](src Publisher[T], open, every time.Duration) Flux[[]T] {
	switch {
	case open <= 0 || every <= 0:
		return Error[[]T](invalid("BufferForEvery(%v, %v): the times must be positive", open, every))
	case open == every:
		return BufferFor(src, open)
	}
	return bufferWhen(sourceOf(src), source[int64](intervalSource{0, every}), closeAfter(open))
}

// closeAfter closes a list or a window some time after it was opened.
func closeAfter(d time.Duration) newCloser[int64] {
	return func(ctx context.Context, _ int64, closed func(error)) closer {
		t := &trigger[struct{}]{ctx: ctx, end: closed}
		return closer{t.cancel, func() { t.afterwards(d) }}
	}
}
