package ssehttp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// jackson writes a document as Jackson does: with INDENT_OUTPUT (two blanks for
// each object, arrays on one line) or without, properties by name, nothing
// escaped in a string that JSON lets stand. It is what an Encoding's Marshal is
// there for.
type jackson struct{ pretty, sorted bool }

func (j jackson) marshal(doc json.RawMessage) ([]byte, error) {
	return j.append(nil, bytes.TrimSpace(doc), 0), nil
}

func (j jackson) append(dst []byte, doc json.RawMessage, depth int) []byte {
	switch doc[0] {
	case '"':
		return appendJacksonString(dst, doc)
	case '{', '[':
	default:
		return append(dst, doc...)
	}
	members := j.members(doc)
	open, end := doc[0], doc[0]+2 // in ASCII each closing bracket follows its opening one but one
	dst = append(dst, open)
	inner := depth
	if open == '{' {
		inner++
	}
	for i, m := range members {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = j.space(dst, open, inner)
		if open == '{' {
			dst = j.colon(appendJacksonString(dst, m.name))
		}
		dst = j.append(dst, m.value, inner)
	}
	if len(members) == 0 {
		open = '['
	}
	return append(j.space(dst, open, depth), end)
}

func (j jackson) space(dst []byte, bracket byte, depth int) []byte {
	switch {
	case !j.pretty:
		return dst
	case bracket == '[':
		return append(dst, ' ')
	}
	return append(dst, "\n"+strings.Repeat("  ", depth)...)
}

func (j jackson) colon(dst []byte) []byte {
	if j.pretty {
		return append(dst, " : "...)
	}
	return append(dst, ':')
}

func appendJacksonString(dst []byte, literal json.RawMessage) []byte {
	var s string
	_ = json.Unmarshal(literal, &s) // it is part of a document that was read already
	dst = append(dst, '"')
	for i := range len(s) {
		if short := strings.IndexByte("\b\t\n\f\r\"\\", s[i]); short >= 0 {
			dst = append(dst, '\\', "btnfr\"\\"[short])
		} else if s[i] < ' ' {
			dst = fmt.Appendf(dst, "\\u%04X", s[i])
		} else {
			dst = append(dst, s[i])
		}
	}
	return append(dst, '"')
}

type jacksonMember struct {
	name  json.RawMessage // quoted; nil in an array
	value json.RawMessage
}

func (j jackson) members(doc json.RawMessage) []jacksonMember {
	dec := json.NewDecoder(bytes.NewReader(doc))
	_, _ = dec.Token() // the bracket
	var all []jacksonMember
	for dec.More() {
		var m jacksonMember
		if doc[0] == '{' {
			name, _ := dec.Token()
			m.name = quoted(name.(string))
		}
		_ = dec.Decode(&m.value)
		all = append(all, m)
	}
	if j.sorted && doc[0] == '{' {
		slices.SortFunc(all, func(a, b jacksonMember) int { return bytes.Compare(a.name, b.name) })
	}
	return all
}
