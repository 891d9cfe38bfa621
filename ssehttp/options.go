package ssehttp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"time"
)

// ErrInvalidOptions is wrapped by the error of options that cannot work: the
// message names the field, its value and the rule it breaks.
var ErrInvalidOptions = errors.New("ssehttp: invalid options")

// Never is a duration that does not pass: it turns off what it is given for.
const Never time.Duration = math.MaxInt64

// Options say how a [Server] treats its connections. The zero value is useful:
// a field that is zero stands for the default named in its comment.
type Options struct {
	// Heartbeat is how long a connection may be idle before it gets a comment
	// line, which keeps proxies from closing it and finds out clients that
	// vanished. 15 s; Never turns heartbeats off.
	Heartbeat time.Duration

	// StallTimeout is how long bytes may wait for a client that takes none
	// before its connection is closed, and how long a client may take for what
	// waits when its stream is over. 30 s; Never waits for as long as the kernel
	// does.
	StallTimeout time.Duration

	// Window is the most events that are asked of a connection's publisher
	// ahead of what its socket has taken: the length of the burst that a
	// best-effort sink can send to a client that keeps up, and the bound on
	// what waits for one that does not. Fewer are asked for where events are
	// large (about 64 KiB of them, but no less than 2). 128.
	Window int

	// Mode is how events are written. Standard.
	Mode Mode

	// ErrorEvent makes the last event of a stream that fails, from its error;
	// called on the goroutine of the failing publisher. Without it the event is
	// named "error" and has the message of a [Status] error as its data, or
	// "stream failed" for any other error, whose text is only logged.
	ErrorEvent func(error) Event

	// LastEvent is sent to every client at [Server.Shutdown]. The zero Event
	// stands for one named "shutdown" that tells clients to come back after
	// one to two times RetryAfter, evenly spread over them.
	LastEvent Event

	// RetryAfter is what a client that comes during a shutdown is told to wait,
	// rounded up to seconds. 2 s.
	RetryAfter time.Duration

	// Limits bound what clients can take. None.
	Limits Limits

	// CORS lets pages of other origins open the streams. None; a middleware that
	// sets its own headers may do that instead.
	CORS CORS

	// Compression are the codings in which streams may be sent, the preferred one
	// first, to clients whose Accept-Encoding has them. None: streams are sent as they
	// are.
	//
	// Every event is compressed by itself and can be read when it has come. An
	// encoded event (see [Event.Encoded]) is compressed once for all connections, on
	// the goroutine that first sends it; any other once for each. A stream that is
	// compressed costs a record of about 180 bytes besides what others cost, and no
	// buffer; the compressors, at most one at work for each GOMAXPROCS, are shared by
	// the process. Small events shrink little, because nothing before them counts:
	// measure yours. Do not send a secret in one event with text that its attacker can
	// choose.
	Compression []Coding

	// Authenticate, if set, is asked who sent a request before its handler is; the
	// handler and its pipeline learn it from [Principal]. Its error refuses the
	// request as a handler's does: Status(401, ...) is the usual one. It runs on the
	// goroutine of the request and may take its time.
	Authenticate func(*Request) (Identity, error)

	// Context is the parent of every stream's context: its values are seen by
	// the pipelines, and when it is done every stream is closed. Without it the
	// streams end with their clients or at Shutdown only.
	Context context.Context

	// Hooks hear what happens to the server's streams, see [Hook]. None.
	Hooks []Hook

	// Logger gets the errors of handlers and streams, and those that package flux
	// drops in a pipeline because its stream had ended, unless Context has hooks of
	// its own for them (flux.WithHooks). slog.Default().
	Logger *slog.Logger

	// Goroutines makes every connection use the goroutine transport, also where
	// the socket could be taken over. For comparisons and for tests.
	Goroutines bool
}

const (
	defaultHeartbeat    = 15 * time.Second
	defaultStallTimeout = 30 * time.Second
	defaultRetryAfter   = 2 * time.Second
	defaultWindow       = 128
)

// Validate returns what is wrong with o, or nil. Every error wraps
// [ErrInvalidOptions]; several are joined.
func (o Options) Validate() error {
	return errors.Join(
		notNegative("Heartbeat", o.Heartbeat, "use ssehttp.Never to turn heartbeats off"),
		notNegative("StallTimeout", o.StallTimeout, "use ssehttp.Never to let clients stall"),
		notNegative("RetryAfter", o.RetryAfter, "it is how long a client waits"),
		windowError(o.Window),
		lastEventError(o.LastEvent, o.Mode),
		o.Limits.validate(),
		o.CORS.validate(),
		codingsError(o.Compression),
		hooksError(o.Hooks),
	)
}

func notNegative(field string, d time.Duration, hint string) error {
	if d >= 0 {
		return nil
	}
	return fmt.Errorf("%w: %s is %v; it must not be negative (%s)", ErrInvalidOptions, field, d, hint)
}

func windowError(n int) error {
	if n >= 0 && n <= math.MaxInt32 {
		return nil
	}
	return fmt.Errorf("%w: Window is %d; it must be a number of events from 1 to %d, or 0 for %d",
		ErrInvalidOptions, n, math.MaxInt32, defaultWindow)
}

func lastEventError(e Event, m Mode) error {
	if _, err := m.Append(nil, e); err != nil {
		return fmt.Errorf("%w: LastEvent in mode %v: %w", ErrInvalidOptions, m, err)
	}
	return nil
}

func (o Options) withDefaults() Options {
	defaultTo(&o.Heartbeat, defaultHeartbeat)
	defaultTo(&o.StallTimeout, defaultStallTimeout)
	defaultTo(&o.RetryAfter, defaultRetryAfter)
	defaultTo(&o.Window, defaultWindow)
	if o.Context == nil {
		o.Context = context.Background()
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o
}

func defaultTo[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
