package ssehttp

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// # The wire format
//
// A stream of events is text of lines; an event is a block of field lines ended
// by a blank line. What we write in Standard mode is
//
//	id: 42
//	event: price
//	retry: 3000
//	: a comment
//	data: first line of the data
//	data: second line
//	(blank line)
//
// in this order, lines ended by LF, one space after the colon, nothing for an
// absent field, no byte order mark, always valid UTF-8. Each of these choices
// is about readers: one space because a reader drops one, so that data which
// itself starts with a space survives; LF because not every reader splits at a
// bare CR; the fields that say what an event is before its data, which may be
// long.
//
// # Every event is dispatched
//
// A reader dispatches a block only if it had a data line; a data line with
// nothing in it counts, and the data is then the empty string. So a block
// always ends in at least one data line, `data: ` if Data is empty: an event
// with an empty payload arrives as an event with an empty payload, whether it
// has a name or not. The zero Event is a message with no text. A block without
// data would be read as "remember this id, keep this retry time" by the letter
// of the specification, and as an empty event by a good part of the clients
// that exist; so there is no such block, and an id or a retry time is best put
// on an event that has something to say.
//
// The one exception is an event that has a Comment and nothing else. It is
// comment lines alone, without the blank line: clients ignore it, and whatever
// stands between sees a connection that is alive. The heartbeat is the shortest
// of these, a colon and LF.
//
// # No value can forge a line
//
// In data and comments CR, LF and CRLF each end a line and the next one gets
// its own `data: ` or `: `, so that text that looks like fields stays text; a
// reader puts the lines together again with LF between them. Other characters
// that end lines elsewhere (U+2028, U+2029, U+0085, VT, FF) do not on the wire
// and pass, as does NUL. A byte that is no part of valid UTF-8 becomes U+FFFD,
// one for each: what a reader would make of it too, give or take their number.
//
// In id and event a line break cannot be expressed, a NUL makes readers ignore
// an id, and blanks or control characters at either end are trimmed by some
// readers and kept by others. A changed id would silently break the resumption
// that it is there for, so all of these, and invalid UTF-8, are errors that
// wrap ErrInvalidEvent.
//
// retry is a whole number of milliseconds, rounded up, so that half a
// millisecond does not become "at once"; a negative one is an error.
//
// Spring mode differs in nearly all of this on purpose: see spring.go.

// heartbeat is what an idle connection gets: a comment without text. No blank
// line, which some readers would take for the end of an (empty) event.
const heartbeat = ":\n"

// Mode is a way to write events. The zero value is [Standard].
type Mode uint8

const (
	// Standard writes `field: value`, a data line in every event, and refuses
	// what a reader might change.
	Standard Mode = iota
	// Spring writes byte for byte what Spring WebFlux writes for the same
	// event, for clients and recordings that depend on it: no space after the
	// colon, so a leading space of a value is lost in a conforming reader; no
	// data line without data; and nothing refused but line breaks in id and
	// event. Prefer Standard for anything new.
	Spring
)

// String returns the name of the constant.
func (m Mode) String() string {
	switch m {
	case Standard:
		return "Standard"
	case Spring:
		return "Spring"
	}
	return "Mode(" + strconv.Itoa(int(m)) + ")"
}

// Append appends the wire form of e in mode m to dst and returns the extended
// slice. An event that cannot be written gives an error that wraps
// [ErrInvalidEvent], and dst as it was. It is what a connection of the server
// does with an event; call it in tests and in transports of your own. It does
// not allocate if dst has room. Safe for concurrent use with different dst.
func (m Mode) Append(dst []byte, e Event) ([]byte, error) { return e.appendTo(dst, m) }

// encode appends the fields of e in mode m, without regard to its frame.
func (e *Event) encode(dst []byte, m Mode) ([]byte, error) {
	switch m {
	case Standard:
		if err := e.checkStandard(); err != nil {
			return dst, err
		}
		return e.appendStandard(dst), nil
	case Spring:
		if err := e.checkSpring(); err != nil {
			return dst, err
		}
		return e.appendSpring(dst), nil
	}
	return dst, fmt.Errorf("%w: %v is neither Standard nor Spring", ErrInvalidEvent, m)
}

func (e *Event) appendStandard(dst []byte) []byte {
	start := len(dst)
	if e.has(FieldID) {
		dst = appendField(dst, "id: ", e.ID)
	}
	if e.has(FieldName) {
		dst = appendField(dst, "event: ", e.Name)
	}
	if e.has(FieldRetry) {
		dst = appendRetry(dst, "retry: ", wholeMilliseconds(e.Retry))
	}
	block := len(dst) > start
	if e.has(FieldComment) {
		dst = appendLines(dst, ": ", e.Comment)
		if !block && !e.has(FieldData) {
			return dst
		}
	}
	dst = appendLines(dst, "data: ", e.Data)
	return append(dst, '\n')
}

// wholeMilliseconds rounds up.
func wholeMilliseconds(d time.Duration) int64 {
	ms := d.Milliseconds()
	if d%time.Millisecond > 0 {
		ms++
	}
	return ms
}

// wireSize is the length of the Standard form if no text has line breaks: the
// room that lets one allocation do in the usual case.
func (e *Event) wireSize() int {
	n := len("data: \n\n") + len(e.Data)
	if e.has(FieldID) {
		n += len("id: \n") + len(e.ID)
	}
	if e.has(FieldName) {
		n += len("event: \n") + len(e.Name)
	}
	if e.has(FieldRetry) {
		n += len("retry: 3600000\n")
	}
	if e.has(FieldComment) {
		n += len(": \n") + len(e.Comment)
	}
	return n
}

// appendField writes a field whose value was checked to be one line of UTF-8.
func appendField(dst []byte, prefix, value string) []byte {
	dst = append(dst, prefix...)
	dst = append(dst, value...)
	return append(dst, '\n')
}

func appendRetry(dst []byte, prefix string, ms int64) []byte {
	dst = append(dst, prefix...)
	dst = strconv.AppendInt(dst, ms, 10)
	return append(dst, '\n')
}

// appendLines writes every line of text behind a prefix of its own. A text
// without a line break is one line, also if it is empty.
func appendLines(dst []byte, prefix, text string) []byte {
	valid := utf8.ValidString(text)
	cr := strings.IndexByte(text, '\r') >= 0
	for {
		line, rest, more := cutLine(text, cr)
		dst = append(dst, prefix...)
		dst = appendText(dst, line, valid)
		dst = append(dst, '\n')
		if !more {
			return dst
		}
		text = rest
	}
}

// cutLine splits text at its first line break; cr says that it may hold a CR.
// Few texts do, and in the others a search for one byte is much faster.
func cutLine(text string, cr bool) (line, rest string, more bool) {
	if !cr {
		return strings.Cut(text, "\n")
	}
	i := strings.IndexAny(text, "\r\n")
	if i < 0 {
		return text, "", false
	}
	line, rest = text[:i], text[i+1:]
	if text[i] == '\r' && strings.HasPrefix(rest, "\n") {
		rest = rest[1:]
	}
	return line, rest, true
}

// appendText writes U+FFFD for each byte that is no part of valid UTF-8, which
// is what ranging over a string gives.
func appendText(dst []byte, text string, valid bool) []byte {
	if valid {
		return append(dst, text...)
	}
	for _, r := range text {
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

func (e *Event) checkStandard() error {
	if err := checkToken("id", e.ID); err != nil {
		return err
	}
	if err := checkToken("event name", e.Name); err != nil {
		return err
	}
	return checkRetry(e.Retry)
}

func checkRetry(d time.Duration) error {
	if d < 0 {
		return fmt.Errorf("%w: retry %v is negative; it is how long a client waits before it reconnects", ErrInvalidEvent, d)
	}
	return nil
}

// checkToken says what is wrong with an id or an event name.
func checkToken(field, v string) error {
	if v == "" {
		return nil
	}
	for i := range len(v) {
		switch v[i] {
		case '\n', '\r':
			return refuse(field, v, "CR and LF end a line and would start another field")
		case 0:
			return refuse(field, v, "a NUL makes clients ignore an id, and has no place in a name either")
		}
	}
	if v[0] <= ' ' || v[len(v)-1] <= ' ' {
		return refuse(field, v, "some clients trim blanks and control characters at the ends, others keep them")
	}
	if !utf8.ValidString(v) {
		return refuse(field, v, "it must be valid UTF-8")
	}
	return nil
}

// refuse names a value, as much of it as is useful in a log line, and its rule.
func refuse(field, v, rule string) error {
	const most = 64
	if len(v) > most {
		return fmt.Errorf("%w: %s %q... (%d bytes): %s", ErrInvalidEvent, field, v[:most], len(v), rule)
	}
	return fmt.Errorf("%w: %s %q: %s", ErrInvalidEvent, field, v, rule)
}
