package ssehttp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync"
	"time"
)

// Encoding says how [JSON] makes events of values of type T. The zero value is
// the usual one: no id, no retry, encoding/json.
type Encoding[T any] struct {
	// ID gives the event id of a value; nil means what the value's own EventID
	// method gives, if it has one (an entry of a sink.Log does), and otherwise
	// that events have none. An empty result leaves the id out, and the client
	// keeps the one before.
	ID func(T) string

	// Retry, if not zero, is sent with every event, since none of them knows
	// whether it will be the first that a client sees: a dozen bytes each. To
	// send it once a connection, give it to the server instead.
	Retry time.Duration

	// Marshal turns a value into the data of its event; nil means encoding/json
	// with HTML escaping off (an event stream is not HTML, and `<` is shorter
	// than `\u003c`). The result may have line breaks: they arrive as LF. It is
	// copied, so Marshal may use its buffer again.
	Marshal func(T) ([]byte, error)
}

// JSON returns a function for TryMap that makes a value an event named name,
// with the value as JSON for its data:
//
//	flux.TryMap(quotes, ssehttp.JSON[Quote]("price"))
//	flux.TryMap(quotes, ssehttp.JSON("price", ssehttp.Encoding[Quote]{ID: Quote.Key}))
//
// The events are encoded (see [Event.Encoded]), so in front of a sink each is
// marshalled and encoded once for all of its connections. An empty name makes
// "message" events.
//
// The function returns the error of Marshal, with the event's name, or one that
// wraps [ErrInvalidEvent], for an id that cannot be written; TryMap makes that
// the end of the stream. A wrong name or Retry is the error of every call. The
// function is safe for concurrent use if ID and Marshal are, and one of it
// serves any number of pipelines and subscriptions. At most one Encoding.
func JSON[T any](name string, enc ...Encoding[T]) func(T) (Event, error) {
	var opt Encoding[T]
	if len(enc) > 0 {
		opt = enc[0]
	}
	model := Event{Name: name, Retry: opt.Retry}.WithEmpty(FieldData)
	if err := checkEncodings(&model, len(enc)); err != nil {
		return func(T) (Event, error) { return Event{}, err }
	}
	if opt.ID == nil {
		opt.ID = ownID[T]()
	}
	data := marshalWith(opt.Marshal)
	if opt.Marshal == nil {
		data = marshalJSON[T]()
	}
	return func(v T) (Event, error) {
		e := model
		if opt.ID != nil {
			e.ID = opt.ID(v)
		}
		var err error
		if e.Data, err = data(v); err != nil {
			return Event{}, fmt.Errorf("ssehttp: marshal the data of event %q: %w", name, err)
		}
		return e.Encoded()
	}
}

// ownID gives the EventID method of values that know their id, nil for others.
// The type is asked once and not each value.
func ownID[T any]() func(T) string {
	if _, ok := any(*new(T)).(interface{ EventID() string }); !ok {
		return nil
	}
	return func(v T) string { return any(v).(interface{ EventID() string }).EventID() }
}

// checkEncodings finds what is wrong with the arguments of JSON, at the call of
// JSON and not at the first value.
func checkEncodings(model *Event, n int) error {
	if n > 1 {
		return fmt.Errorf("%w: JSON for event %q got %d Encodings and takes at most one", ErrInvalidEvent, model.Name, n)
	}
	return model.checkStandard()
}

func marshalWith[T any](marshal func(T) ([]byte, error)) func(T) (string, error) {
	return func(v T) (string, error) {
		b, err := marshal(v)
		return string(b), err
	}
}

// marshalJSON keeps its buffers for the next value, because a pipeline sees one
// value after the other and the string of the result is a copy anyway.
func marshalJSON[T any]() func(T) (string, error) {
	type scratch struct {
		buf bytes.Buffer
		enc *json.Encoder // writes to buf
	}
	const keep = 64 << 10 // bytes; a rare giant value must not stay for ever
	pool := sync.Pool{New: func() any {
		s := new(scratch)
		s.enc = json.NewEncoder(&s.buf)
		s.enc.SetEscapeHTML(false)
		return s
	}}
	return func(v T) (string, error) {
		s := pool.Get().(*scratch)
		s.buf.Reset()
		if err := s.enc.Encode(v); err != nil {
			return "", err
		}
		data := string(bytes.TrimSuffix(s.buf.Bytes(), []byte("\n")))
		if s.buf.Cap() <= keep {
			pool.Put(s)
		}
		return data, nil
	}
}
