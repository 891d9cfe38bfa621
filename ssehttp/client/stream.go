package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/freshet-go/freshet/internal/ssewire"
	"github.com/freshet-go/freshet/ssehttp"
)

// stream is what one subscription knows, from one request to the next. It belongs to
// the goroutine that reads; what decides to ask again runs on that one too, or after it.
type stream struct {
	opts    Options
	request func(ctx context.Context) (*http.Request, error)
	lastID  string
	retry   time.Duration
	over    bool // the server has said so
}

// readOn reads one answer of several: its end is a failure, unless the server has no
// more to say.
func (s *stream) readOn(ctx context.Context, emit func(ssehttp.Event) error) error {
	if err := s.read(ctx, emit); err != nil || s.over || ctx.Err() != nil {
		return err
	}
	return ErrEnded
}

// read sends the events of one answer. It reads nothing while emit waits for demand.
func (s *stream) read(ctx context.Context, emit func(ssehttp.Event) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	silence := time.AfterFunc(s.opts.Silence, func() { stop(ErrSilent) })
	defer silence.Stop()
	body, err := s.open(ctx)
	if err != nil {
		return silentOr(ctx, err)
	}
	defer func() { _ = body.Close() }() // nothing is lost that was wanted
	if s.opts.OnOpen != nil && !s.over {
		s.opts.OnOpen()
	}
	var events []ssehttp.Event
	p := ssewire.Parser{OnMessage: func(m ssewire.Message) { events = append(events, event(m)) }}
	p.Resume(s.lastID)
	buf := make([]byte, 4<<10)
	for {
		n, err := body.Read(buf)
		silence.Stop()
		p.Feed(buf[:n])
		for _, e := range events {
			if err := emit(e); err != nil {
				return err
			}
			s.remember(e.ID)
		}
		events = events[:0]
		s.remember(p.LastEventID()) // which a block without data may have brought
		if d, ok := p.Retry(); ok {
			s.retry = d
		}
		switch {
		case p.Pending() > s.opts.MaxEvent:
			return fmt.Errorf("%w: more than MaxEvent, %d bytes", ErrTooLarge, s.opts.MaxEvent)
		case err == io.EOF:
			return nil
		case err != nil:
			return silentOr(ctx, err)
		}
		silence.Reset(s.opts.Silence)
	}
}

// remember keeps the id to go on after, if it is one that can be sent back.
func (s *stream) remember(id string) {
	if headerSafe(id) {
		s.lastID = id
	}
}

// event is a message as what a server would send on.
func event(m ssewire.Message) ssehttp.Event {
	e := ssehttp.Event{ID: m.LastEventID, Name: m.Type, Data: m.Data}
	if e.Name == "message" {
		e.Name = ""
	}
	if e.Data == "" {
		e = e.WithEmpty(ssehttp.FieldData)
	}
	return e
}

// open sends a request and returns the body of an answer that is an event stream.
func (s *stream) open(ctx context.Context) (io.ReadCloser, error) {
	req, err := s.request(ctx)
	if err != nil {
		return nil, err
	}
	if req.Header.Get("Accept") == "" {
		req.Header.Set("Accept", "text/event-stream")
	}
	req.Header.Set("Cache-Control", "no-store")
	resp, err := s.opts.HTTP.Do(req)
	if err != nil {
		return nil, err
	}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	switch {
	case resp.StatusCode == http.StatusNoContent:
		s.over = true
		return resp.Body, nil
	case resp.StatusCode != http.StatusOK:
		err = statusError(resp)
	case kind != "text/event-stream":
		err = fmt.Errorf("%w: its type is %q", ErrNotEvents, resp.Header.Get("Content-Type"))
	default:
		return resp.Body, nil
	}
	_ = resp.Body.Close() // what it said does not matter any more
	return nil, err
}

func statusError(resp *http.Response) error {
	const most, patience = 512, time.Second
	defer time.AfterFunc(patience, func() { _ = resp.Body.Close() }).Stop()
	text, _ := io.ReadAll(io.LimitReader(resp.Body, most)) // as much as came
	e := &StatusError{Code: resp.StatusCode, Text: strings.TrimSpace(string(text))}
	after := resp.Header.Get("Retry-After")
	if n, err := strconv.ParseInt(after, 10, 64); err == nil && n > 0 {
		e.RetryAfter = time.Duration(min(n, int64(longest/time.Second))) * time.Second
	} else if at, err := http.ParseTime(after); err == nil {
		e.RetryAfter = min(max(0, time.Until(at)), longest)
	}
	return e
}

// silentOr is what ended ctx, if that was silence, and otherwise err.
func silentOr(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), ErrSilent) {
		return ErrSilent
	}
	return err
}
