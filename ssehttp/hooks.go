package ssehttp

import (
	"fmt"
	"time"
)

// Hook is a value that hears what happens in a [Server]: it implements one or
// more of the interfaces whose names end in Hook, each of which has one method
// ([StreamOpenedHook], [StreamClosedHook], [RequestRefusedHook],
// [StreamStalledHook], [StreamResumedHook], [ShardTurnHook]). Register it with
// Options.Hooks.
//
// The methods of one hook are called one at a time, in the order in which things
// happened, on a goroutine that exists while there is something to tell it; never
// on a shard, a publisher's goroutine or that of a request. So a hook may block
// or panic without harm to a stream or to another hook. While it lags, what it is
// to hear waits; beyond some thousands of notices the rest is not told and counted
// (Stats.HooksMissed). The first panic of each hook is logged.
type Hook any

// StreamOpenedHook hears of streams that open.
type StreamOpenedHook interface {
	// OnStreamOpened is told that a stream has been admitted; its head is about to
	// be written.
	OnStreamOpened(StreamInfo)
}

// StreamClosedHook hears of streams that are over.
type StreamClosedHook interface {
	// OnStreamClosed is called once for each stream that was opened.
	OnStreamClosed(StreamClosed)
}

// RequestRefusedHook hears of requests that were answered with a status.
type RequestRefusedHook interface {
	// OnRequestRefused is called once for each of them.
	OnRequestRefused(RequestRefused)
}

// StreamStalledHook hears of clients that do not take what is sent.
type StreamStalledHook interface {
	// OnStreamStalled is called when the socket of a stream is full and bytes begin
	// to wait. Shards see that at once, the goroutine transport when a write has
	// taken 100 ms.
	OnStreamStalled(StreamInfo)
}

// StreamResumedHook hears of clients that have caught up.
type StreamResumedHook interface {
	// OnStreamResumed is called when the last byte that waited has been written. A
	// stream that is closed first is told to [StreamClosedHook] alone.
	OnStreamResumed(StreamResumed)
}

// ShardTurnHook hears of the work of the shards.
type ShardTurnHook interface {
	// OnShardTurn is called for each turn of a shard's loop in which there was
	// something to do: up to some thousands a second for each shard. In the goroutine
	// transport every stream has turns of its own, one for each write that does not
	// fail.
	OnShardTurn(ShardTurn)
}

// StreamClosed is how a stream ended.
type StreamClosed struct {
	StreamInfo // with its last figures
	Reason     Reason
	Lasted     time.Duration // since it was opened
}

// StreamResumed is a stream that had stalled.
type StreamResumed struct {
	StreamInfo
	Stalled time.Duration // for so long
}

// RequestRefused is a request that became no stream.
type RequestRefused struct {
	Path       string
	RemoteAddr string
	Cause      Refusal
	Status     int   // of the answer
	Err        error // what the handler returned, or the rule that was broken
}

// ShardTurn is one turn of a shard: it takes everything that has come in and
// writes it. How long that takes is the lag that the next event finds. A turn of the
// goroutine transport is that of one stream, and waits for its client: a long one
// holds up nobody else.
type ShardTurn struct {
	Shard  int // -1 for the goroutine transport
	Took   time.Duration
	Events int64 // that sockets have taken
	Bytes  int64
}

// hookKinds say which interfaces a hook implements.
type hookKinds uint8

const (
	hearsOpened hookKinds = 1 << iota
	hearsClosed
	hearsRefused
	hearsStalled
	hearsResumed
	hearsTurns

	hearsStreams = hearsOpened | hearsClosed | hearsStalled | hearsResumed
)

func kindsOf(h Hook) (k hookKinds) {
	set := func(implemented bool, kind hookKinds) {
		if implemented {
			k |= kind
		}
	}
	_, ok := h.(StreamOpenedHook)
	set(ok, hearsOpened)
	_, ok = h.(StreamClosedHook)
	set(ok, hearsClosed)
	_, ok = h.(RequestRefusedHook)
	set(ok, hearsRefused)
	_, ok = h.(StreamStalledHook)
	set(ok, hearsStalled)
	_, ok = h.(StreamResumedHook)
	set(ok, hearsResumed)
	_, ok = h.(ShardTurnHook)
	set(ok, hearsTurns)
	return k
}

func hooksError(hooks []Hook) error {
	for i, h := range hooks {
		if kindsOf(h) == 0 {
			return fmt.Errorf("%w: Hooks[%d] is a %T, which implements no hook; see ssehttp.Hook for the interfaces", ErrInvalidOptions, i, h)
		}
	}
	return nil
}
