package sink

import (
	"bytes"
	"encoding/json"
)

// Entry is a value of a [Log] together with the id under which it stands there.
// It is a plain value: copied freely, safe to hand to any number of goroutines.
type Entry[T any] struct {
	// ID names the entry in its log; a reader goes on behind it with
	// [Log.After]. It is 1 to 128 bytes of visible ASCII, so it fits a header
	// and the id of a Server-Sent Event as it stands.
	ID string
	// Value is what was appended.
	Value T
	// Missed is not zero where the reader did not get the entries right before
	// this one, which only [OrOldest] and [OrNow] allow: how many they were, or
	// -1 if that cannot be known, because the reader came with an id that the
	// log does not have.
	Missed int64
}

// EventID gives the ID. It is how package ssehttp learns the id of an event
// that is made of an entry.
func (e Entry[T]) EventID() string { return e.ID }

// MarshalJSON gives the JSON of the value alone, without HTML escaping: the id
// travels beside it, as the id of an event. A copy of the value is all that
// comes out of it again, so an Entry has no UnmarshalJSON.
func (e Entry[T]) MarshalJSON() ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e.Value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}
