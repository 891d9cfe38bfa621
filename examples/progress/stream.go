package main

import (
	"errors"
	"net/http"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
	"github.com/freshet-go/freshet/ssehttp"
)

// streams makes the stream of each connection out of the log.
type streams struct {
	updates *sink.Log[Update]
	encode  func(sink.Entry[Update]) (ssehttp.Event, error)
	drops   *sink.Direct[struct{}]
}

// retry is how long a browser waits before it connects again.
const retry = time.Second

// startOver tells a tab that what it missed is not kept any more: it forgets
// what it has and gets what there is.
var startOver = ssehttp.Event{Name: "startover", Data: `"the log has moved on"`, Retry: retry}

func newStreams(updates *sink.Log[Update]) *streams {
	return &streams{
		updates: updates,
		encode:  ssehttp.JSON("update", ssehttp.Encoding[sink.Entry[Update]]{Retry: retry}),
		drops:   sink.DirectBestEffort[struct{}](),
	}
}

// handle answers a request: everything behind the last id that the client has.
func (s *streams) handle(r *ssehttp.Request) (flux.Publisher[ssehttp.Event], error) {
	id := r.LastEventID()
	switch err := s.updates.Check(id); {
	case err == nil:
		return s.until(s.after(id)), nil
	case errors.Is(err, sink.ErrGap):
		return s.until(flux.Concat(flux.Just(startOver), s.after(""))), nil
	default:
		return nil, ssehttp.Status(http.StatusBadRequest, err.Error())
	}
}

// after is all there is to resuming: the id of an entry becomes that of its
// event.
func (s *streams) after(id string) flux.Flux[ssehttp.Event] {
	return flux.TryMap(s.updates.After(id), s.encode)
}

// until lets drop end a stream, so that one can see what a browser does then.
func (s *streams) until(events flux.Flux[ssehttp.Event]) flux.Flux[ssehttp.Event] {
	return flux.TakeUntilOther(events, s.drops)
}

// drop ends every connection.
func (s *streams) drop() { s.drops.TryEmit(struct{}{}) }
