// Package ssewire reads event streams by the letter of the WHATWG HTML standard
// (section 9.2.6, "Interpreting an event stream"): what a browser's EventSource
// would make of the bytes, no more tolerant and no less.
//
// It knows nothing of how the bytes arrive. A [Parser] is fed with pieces of any
// size, keeps what it needs of an unfinished line, and calls back.
package ssewire

import (
	"bytes"
	"iter"
	"math"
	"strconv"
	"strings"
	"time"
)

// Message is one dispatched event.
type Message struct {
	Type        string // "message" unless the event named another
	Data        string // the data lines, with LF between them
	LastEventID string // the latest id of the stream, this event's or an earlier one's
}

// A Parser turns the bytes of one stream into messages. The zero value is ready
// for the beginning of a stream. It is not safe for concurrent use; one
// goroutine feeds it, and the callbacks run on that one.
//
// INVARIANTS
//   - line holds the bytes of an unfinished line, without any line end.
//   - afterCR: the last byte was a CR; an LF that follows belongs to it.
//   - typ, data, id are the standard's event type buffer, data buffer and last
//     event ID buffer: what the lines since the last blank one have said. Only
//     the id buffer outlives a blank line.
type Parser struct {
	OnMessage func(Message) // may be nil

	line    []byte
	started bool // a line was read, so there is no byte order mark to come
	afterCR bool

	typ  string
	data strings.Builder
	id   string

	lastEventID string
	retry       time.Duration
	hasRetry    bool
}

// Feed reads the next piece of the stream. It does not keep b. What the stream
// ends in without a blank line is never dispatched.
func (p *Parser) Feed(b []byte) {
	for len(b) > 0 {
		if p.afterCR {
			p.afterCR = false
			if b[0] == '\n' {
				b = b[1:]
				continue
			}
		}
		i := bytes.IndexAny(b, "\r\n")
		if i < 0 {
			p.line = append(p.line, b...)
			return
		}
		p.line = append(p.line, b[:i]...)
		p.afterCR = b[i] == '\r'
		b = b[i+1:]
		p.endLine()
	}
}

// LastEventID is what a client would send as Last-Event-ID if the stream ended
// here. An id counts from the blank line on that ends its block.
func (p *Parser) LastEventID() string { return p.lastEventID }

// Resume makes id the one that events have until one brings its own: for a stream
// that goes on after another.
func (p *Parser) Resume(id string) { p.id, p.lastEventID = id, id }

// Pending is how many bytes of an unfinished event are kept.
func (p *Parser) Pending() int { return len(p.line) + p.data.Len() + len(p.typ) }

// Retry is the reconnection time that the stream asked for last, if it did.
func (p *Parser) Retry() (d time.Duration, ok bool) { return p.retry, p.hasRetry }

// Messages returns what a client dispatches for a whole stream.
func Messages(stream []byte) []Message {
	var all []Message
	p := Parser{OnMessage: func(m Message) { all = append(all, m) }}
	p.Feed(stream)
	return all
}

func (p *Parser) endLine() {
	raw := p.line
	if !p.started {
		p.started = true
		raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	}
	switch l := ParseLine(decodeUTF8(raw)); l.Kind {
	case Blank:
		p.dispatch()
	case Field:
		p.field(l.Name, l.Value)
	case Comment: // is ignored
	}
	p.line = p.line[:0]
}

func (p *Parser) field(name, value string) {
	switch name {
	case "event":
		p.typ = value
	case "data":
		p.data.WriteString(value)
		p.data.WriteByte('\n')
	case "id":
		if !strings.Contains(value, "\x00") {
			p.id = value
		}
	case "retry":
		if ms, ok := digits(value); ok {
			p.retry, p.hasRetry = ms, true
		}
	}
}

func (p *Parser) dispatch() {
	p.lastEventID = p.id
	typ, data := p.typ, p.data.String()
	p.typ = ""
	p.data.Reset()
	if data == "" {
		return
	}
	if typ == "" {
		typ = "message"
	}
	if p.OnMessage != nil {
		p.OnMessage(Message{Type: typ, Data: strings.TrimSuffix(data, "\n"), LastEventID: p.lastEventID})
	}
}

// digits reads a number of milliseconds: ASCII digits alone, so no sign. More
// than time.Duration can hold is the longest there is.
func digits(s string) (time.Duration, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	ms, err := strconv.ParseInt(s, 10, 64)
	if err != nil || ms > math.MaxInt64/int64(time.Millisecond) {
		return math.MaxInt64, true
	}
	return time.Duration(ms) * time.Millisecond, true
}

// LineKind tells the three kinds of lines apart.
type LineKind uint8

// The kinds of lines.
const (
	Blank   LineKind = iota // ends a block
	Comment                 // starts with a colon
	Field
)

// Line is one line of a stream, taken apart.
type Line struct {
	Kind  LineKind
	Name  string // of a Field, whether or not it is a known one
	Value string // of a Field: what follows the colon and one space; of a Comment: what follows the colon
}

// ParseLine takes a line apart that has lost its line end.
func ParseLine(line string) Line {
	if line == "" {
		return Line{Kind: Blank}
	}
	name, value, _ := strings.Cut(line, ":")
	if name == "" {
		return Line{Kind: Comment, Value: value}
	}
	return Line{Kind: Field, Name: name, Value: strings.TrimPrefix(value, " ")}
}

// Lines yields the lines of a whole stream as a reader splits them, for tests
// that look below the messages. An unfinished last line is yielded too.
func Lines(stream []byte) iter.Seq[Line] {
	return func(yield func(Line) bool) {
		rest := bytes.TrimPrefix(stream, []byte("\xef\xbb\xbf"))
		for len(rest) > 0 {
			line := rest
			i := bytes.IndexAny(rest, "\r\n")
			switch {
			case i < 0:
				rest = nil
			case bytes.HasPrefix(rest[i:], []byte("\r\n")):
				line, rest = rest[:i], rest[i+2:]
			default:
				line, rest = rest[:i], rest[i+1:]
			}
			if !yield(ParseLine(decodeUTF8(line))) {
				return
			}
		}
	}
}
