package load

import (
	"bytes"
	"fmt"
)

// maxEvent bounds what one event or one line may take, so that a server that is
// not one cannot fill the memory.
const maxEvent = 1 << 20

var (
	bom       = []byte("\xef\xbb\xbf")
	fieldData = []byte("data")
)

// Event is one dispatched event. Its slices are the parser's and valid only
// during the call that hands it over.
type Event struct {
	ID    []byte // of this event itself, not inherited from an earlier one
	HasID bool
	Name  []byte // "" stands for "message"
	Data  []byte // lines joined by LF
}

// Parser takes an event stream apart, in pieces of any size: lines ended by LF,
// CR or CRLF, fields in any order, one space or none after the colon, comments,
// a byte order mark. It follows the HTML standard's event stream interpretation.
// The zero Parser is ready. It is not safe for concurrent use. A line that lies
// whole in one piece is not copied.
type Parser struct {
	Comments int64 // comment lines so far; heartbeats are such

	line    []byte // the part of a line that came so far; empty between lines
	event   Event  // its slices are reused from event to event
	hasData bool   // there was a data field, so the event is to be dispatched
	skipLF  bool   // the last line ended in CR: an LF next belongs to it
	begun   bool   // the first line, where a byte order mark may stand, is past
}

// Feed takes the next piece and calls dispatch for each event that ends in it.
// An error means that an event was larger than 1 MiB; the parser is then of no
// further use.
func (p *Parser) Feed(b []byte, dispatch func(*Event)) error {
	lf := -1 // the next LF at or after the current line; looked for once a line, not once a CR
	for at := 0; at < len(b); {
		if p.skipLF {
			p.skipLF = false
			if b[at] == '\n' {
				at++
				continue
			}
		}
		if lf < at {
			lf = indexFrom(b, at, '\n')
		}
		end := lf
		if cr := bytes.IndexByte(b[at:lf], '\r'); cr >= 0 {
			end = at + cr
		}
		if end == len(b) {
			return p.carry(b[at:])
		}
		p.skipLF = b[end] == '\r'
		if err := p.whole(b[at:end], dispatch); err != nil {
			return err
		}
		at = end + 1
	}
	return nil
}

// indexFrom gives the index of the first c at or after at, or len(b).
func indexFrom(b []byte, at int, c byte) int {
	if i := bytes.IndexByte(b[at:], c); i >= 0 {
		return at + i
	}
	return len(b)
}

// carry keeps the beginning of a line until its end arrives.
func (p *Parser) carry(part []byte) error {
	if len(p.line)+len(part) > maxEvent {
		return fmt.Errorf("line longer than %d bytes", maxEvent)
	}
	p.line = append(p.line, part...)
	return nil
}

// whole handles a line whose last part is rest.
func (p *Parser) whole(rest []byte, dispatch func(*Event)) error {
	line := rest
	if len(p.line) > 0 {
		if err := p.carry(rest); err != nil {
			return err
		}
		line = p.line
		p.line = p.line[:0]
	}
	if !p.begun {
		p.begun = true
		line = bytes.TrimPrefix(line, bom)
	}
	if len(line) == 0 {
		p.dispatch(dispatch)
		return nil
	}
	return p.field(line)
}

func (p *Parser) dispatch(dispatch func(*Event)) {
	if p.hasData {
		dispatch(&p.event)
	}
	p.event = Event{ID: p.event.ID[:0], Name: p.event.Name[:0], Data: p.event.Data[:0]}
	p.hasData = false
}

func (p *Parser) field(line []byte) error {
	colon := bytes.IndexByte(line, ':')
	if colon == 0 {
		p.Comments++
		return nil
	}
	name, value := line, []byte(nil)
	if colon > 0 {
		name, value = line[:colon], line[colon+1:]
		if len(value) > 0 && value[0] == ' ' {
			value = value[1:]
		}
	}
	switch {
	case bytes.Equal(name, fieldData):
		return p.data(value)
	case string(name) == "id" && bytes.IndexByte(value, 0) < 0:
		p.event.ID, p.event.HasID = append(p.event.ID[:0], value...), true
	case string(name) == "event":
		p.event.Name = append(p.event.Name[:0], value...)
	}
	return nil // retry has no meaning here, and unknown fields have none anywhere
}

func (p *Parser) data(value []byte) error {
	if len(p.event.Data)+len(value) >= maxEvent {
		return fmt.Errorf("event larger than %d bytes", maxEvent)
	}
	if p.hasData {
		p.event.Data = append(p.event.Data, '\n')
	}
	p.event.Data, p.hasData = append(p.event.Data, value...), true
	return nil
}
