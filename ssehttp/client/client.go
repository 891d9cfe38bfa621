package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/mono"
	"github.com/freshet-go/freshet/ssehttp"
)

// Events gives the events of the stream at url, and asks for it again when it breaks
// or ends, from the last event on: see [Options.Retry]. An event has the ID that a
// browser's lastEventId has, its own or that of the latest event with one, so whoever
// leaves events out still knows the place; and no Name if it is a plain message.
//
// It ends when the server says so: 204 completes it, and a status that will not pass
// by itself is its error ([StatusError]; 408, 429, 500 and 502 to 504 pass), as are
// [ErrNotEvents], [ErrTooLarge], a wrong url and wrong options ([ErrInvalidOptions]).
// Everything else is tried again, Attempts times in a row.
//
// Each subscription has a connection of its own, and while it is connected a goroutine,
// which sends the events. It reads while there is demand, 4 KiB at a time. Cancel ends
// the request.
//
// Source: the EventSource of the HTML standard; WebFlux's WebClient with
// bodyToFlux(ServerSentEvent) reads one answer, as [Response] does.
func Events(url string, o Options) flux.Flux[ssehttp.Event] {
	o, err := o.settled()
	if err == nil {
		err = checkURL(url)
	}
	if err != nil {
		return flux.Error[ssehttp.Event](err)
	}
	return flux.Defer(func(context.Context) flux.Flux[ssehttp.Event] {
		s := &stream{opts: o, lastID: o.LastEventID, retry: o.Retry}
		s.request = func(ctx context.Context) (*http.Request, error) {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
			if err != nil {
				return nil, err
			}
			maps.Copy(req.Header, o.Header)
			if s.lastID != "" {
				req.Header.Set("Last-Event-ID", s.lastID)
			}
			return req, nil
		}
		return flux.RetryWhenCompanion(flux.Produce(s.readOn), s.again)
	})
}

// Response gives the events of the answer to one request, which is made for each
// subscription, with a context that is done when it is cancelled. It completes when
// the answer does; what fails is its error. Otherwise it is like [Events]. The options
// about asking again have no meaning.
func Response(request func(ctx context.Context) (*http.Request, error), o Options) flux.Flux[ssehttp.Event] {
	o, err := o.settled()
	if err == nil && request == nil {
		err = fmt.Errorf("%w: Response(nil): the function must not be nil", ErrInvalidOptions)
	}
	if err != nil {
		return flux.Error[ssehttp.Event](err)
	}
	return flux.Produce(func(ctx context.Context, emit func(ssehttp.Event) error) error {
		return (&stream{opts: o, request: request}).read(ctx, emit)
	})
}

// JSON takes the data of an event for JSON, in [flux.TryMap]. The error names the
// event and its data.
func JSON[T any](e ssehttp.Event) (v T, err error) {
	if err = json.Unmarshal([]byte(e.Data), &v); err != nil {
		err = fmt.Errorf("client: event %q with data %.200q: %w", e.Name, e.Data, err)
	}
	return v, err
}

const (
	shortest = 100 * time.Millisecond // between attempts that fail one after the other
	longest  = 24 * time.Hour
)

// again decides about each failure of a stream: to wait and ask again, or to give up.
func (s *stream) again(failures flux.Flux[flux.RetrySignal]) flux.Flux[int64] {
	return flux.ConcatMap(failures, func(f flux.RetrySignal) flux.Mono[int64] {
		if n := s.opts.Attempts; !passes(f.Failure) || n > 0 && f.TotalRetriesInARow >= int64(n) {
			return mono.Error[int64](f.Failure)
		}
		wait := s.wait(f)
		if s.opts.OnLost != nil {
			s.opts.OnLost(f.Failure, wait)
		}
		return flux.Timer(wait)
	})
}

// wait is the server's time or ours, doubled for each failure before, and something
// added by chance; and not less than the server asked for this time. A server may ask to
// be asked again at once, but not for ever while it fails, and not for a wait without end.
func (s *stream) wait(f flux.RetrySignal) time.Duration {
	d := min(s.retry, longest)
	most := min(max(s.opts.MaxRetry, d), longest)
	for n := f.TotalRetriesInARow; n > 0 && d < most; n-- {
		d = min(max(2*d, shortest), most)
	}
	d += time.Duration(rand.Int64N(int64(d)/2 + 1))
	if status, ok := errors.AsType[*StatusError](f.Failure); ok {
		d = max(d, status.RetryAfter)
	}
	return d
}
