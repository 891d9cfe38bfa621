package ssehttp

import (
	"bytes"
	"errors"
	"sync/atomic"
	"time"
	"unsafe"
)

// ErrInvalidEvent is wrapped by the error of every event that cannot be
// written: the message names the field, its value and the rule it breaks.
var ErrInvalidEvent = errors.New("ssehttp: invalid event")

// Event is one Server-Sent Event, as WebFlux's ServerSentEvent<String>. A
// literal is all it takes:
//
//	ssehttp.Event{Name: "open", Data: "x"}
//
// Events are values: 96 bytes at most, copied freely, safe to hand to any
// number of goroutines. Whether an event can be written is checked when it is
// encoded (by the connection that sends it, by [Event.Encoded] or by [JSON]),
// never before.
//
// An event that goes to many connections should go through [Event.Encoded] or
// [JSON] first: its bytes are then made once and shared by all of them. A copy
// of such an event may still be changed (given an ID, a Retry): the change
// counts, and costs the copy its share of those bytes. Compare events by their
// fields: == also compares whose bytes they share.
//
// An empty field is an absent one. Where the difference can be seen,
// [Event.WithEmpty] makes it.
type Event struct {
	// ID becomes the client's last event id, which it sends back as
	// Last-Event-ID when it reconnects. No CR, LF or NUL, valid UTF-8, and no
	// blank at either end, because clients disagree about trimming it.
	ID string

	// Name is the type under which a browser dispatches the event
	// (addEventListener(name, ...)); empty means "message". Same rules as ID.
	Name string

	// Data is the payload. Line breaks of any kind in it are sent as several
	// data lines and arrive as LF. Bytes that are not UTF-8 arrive as U+FFFD.
	Data string

	// Retry, if not zero, tells the client how long to wait before it
	// reconnects. It is sent in whole milliseconds, rounded up. Not negative.
	Retry time.Duration

	// Comment is text that clients ignore, one comment line for each of its
	// lines. An event that has nothing else is not dispatched by a client.
	Comment string

	empty Field // fields to write although they are empty
	frame *frame
}

// Field names one or more fields of an [Event]; combine them with |.
type Field uint8

// The fields of an Event, in the order in which they are written.
const (
	FieldID Field = 1 << iota
	FieldName
	FieldRetry
	FieldComment
	FieldData
)

// WithEmpty returns a copy of e in which the given fields are written even
// where they are empty. On the wire these differ from an absent field:
//
//   - FieldID makes the client forget its last event id;
//   - FieldRetry with a Retry of 0 asks it to reconnect at once;
//   - FieldData makes an event out of one that has a comment and nothing else;
//   - in [Spring] mode any of them, FieldData above all: there, unlike in
//     [Standard] mode, an event without data gets no data line.
func (e Event) WithEmpty(fields Field) Event {
	e.empty |= fields
	return e
}

// has says whether a field is to be written.
func (e *Event) has(f Field) bool {
	if e.empty&f != 0 {
		return true
	}
	switch f {
	case FieldID:
		return e.ID != ""
	case FieldName:
		return e.Name != ""
	case FieldRetry:
		return e.Retry != 0
	case FieldComment:
		return e.Comment != ""
	case FieldData:
		return e.Data != ""
	}
	return false
}

// Encoded returns e with its [Standard] wire form made, so that however many
// connections it is sent to, it is encoded once and its bytes are carried by
// reference. It is meant for TryMap in front of a sink:
//
//	flux.TryMap(events, ssehttp.Event.Encoded)
//
// The error wraps [ErrInvalidEvent]. The result keeps one buffer alive, which
// holds Data as well where Data has no line break. Connections in [Spring] mode
// share a second form, made for the first of them that sends the event. Safe
// for concurrent use. Two allocations, none for an event that is encoded
// already.
func (e Event) Encoded() (Event, error) {
	if e.frame.holds(&e) {
		return e, nil
	}
	e.frame = nil
	wire, err := e.encode(make([]byte, 0, e.wireSize()), Standard)
	if err != nil {
		return e, err
	}
	e.Data = aliasData(e.Data, wire)
	e.frame = &frame{of: e, wire: wire}
	return e, nil
}

// appendTo appends the bytes of e to dst, from the shared frame if e has one.
// On an error dst comes back as it was. It does not allocate if dst has room.
func (e *Event) appendTo(dst []byte, m Mode) ([]byte, error) {
	if wire := e.shared(m); wire != nil {
		return append(dst, wire...), nil
	}
	return e.encode(dst, m)
}

// shared returns the bytes that all copies of e have in common, or nil if e is
// not encoded (or was changed since). They belong to everybody: the caller must
// not write to them, append to them, or recycle them.
func (e *Event) shared(m Mode) []byte {
	if wire := e.sharedForm(m); wire != nil {
		return *wire
	}
	return nil
}

// sharedForm is shared without the copy of the slice, for those who keep many.
func (e *Event) sharedForm(m Mode) *[]byte {
	if !e.frame.holds(e) {
		return nil
	}
	return e.frame.form(m)
}

// sharedBehindID returns the bytes that are to follow the id line of e, if e is
// an encoded event to which an id was added: numbering the events of a sink for
// one connection costs that line and not another encoding. Otherwise nil.
func (e *Event) sharedBehindID(m Mode) *[]byte {
	f := e.frame
	if f == nil || m != Standard || e.ID == "" || f.of.has(FieldID) || !bytes.HasSuffix(f.wire, blockEnd) {
		return nil
	}
	unnumbered := *e
	unnumbered.ID = ""
	if !f.holds(&unnumbered) {
		return nil
	}
	return &f.wire
}

// blockEnd closes an event; a comment alone has none.
var blockEnd = []byte("\n\n")

// A frame is an encoded event, shared by all copies of that event.
//
// INVARIANTS
//   - of, wire and the bytes of wire never change after the frame was made.
//   - wire is the Standard form of `of`; spring, once set, is its Spring form
//     and is never replaced.
//   - A frame speaks only for events whose fields equal those of `of`.
type frame struct {
	of   Event
	wire []byte

	// spring is atomic because connections of several shards may be the first
	// to need it at the same moment.
	spring atomic.Pointer[[]byte]

	// coded are the compressed forms, for the same reason.
	coded atomic.Pointer[codedForms]
}

// codedForms are what each coding makes of each mode's bytes.
type codedForms [2][codings]atomic.Pointer[[]byte]

// holds says whether f is the frame of an event with the fields of e. For an
// untouched copy each string compares equal by its pointer, so the cost does
// not depend on their lengths.
func (f *frame) holds(e *Event) bool {
	if f == nil {
		return false
	}
	of := &f.of
	return e.Retry == of.Retry && e.empty == of.empty &&
		e.ID == of.ID && e.Name == of.Name && e.Data == of.Data && e.Comment == of.Comment
}

// form returns the bytes for a mode, or nil if the event has none in it.
func (f *frame) form(m Mode) *[]byte {
	if m == Standard {
		return &f.wire
	}
	if p := f.spring.Load(); p != nil && m == Spring {
		return p
	}
	wire, err := f.of.encode(make([]byte, 0, f.of.wireSize()), m)
	if err != nil {
		return nil
	}
	if !f.spring.CompareAndSwap(nil, &wire) {
		return f.spring.Load()
	}
	return &wire
}

// codedForm returns the compressed bytes for a mode, or nil if the event has none in
// it. They are made when they are first asked for.
func (f *frame) codedForm(m Mode, k Coding) *[]byte {
	wire := f.form(m)
	if wire == nil {
		return nil
	}
	if f.coded.Load() == nil {
		f.coded.CompareAndSwap(nil, new(codedForms))
	}
	at := &f.coded.Load()[m][k]
	if p := at.Load(); p != nil {
		return p
	}
	coded := k.fragment(*wire)
	if !at.CompareAndSwap(nil, &coded) {
		return at.Load()
	}
	return &coded
}

// aliasData returns data as a part of the frame that was just made from it,
// where it stands there in one piece, so that an encoded event (a replayed
// history of them, say) does not keep its payload in memory twice. The bytes of
// a frame never change, so a string may share them.
func aliasData(data string, wire []byte) string {
	end := len(wire) - len("\n\n")
	start := end - len(data)
	if data == "" || start < 0 || string(wire[start:end]) != data {
		return data
	}
	return unsafe.String(&wire[start], len(data))
}
