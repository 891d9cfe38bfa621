package load

import (
	"bytes"
	"math"
	"strings"
	"time"
)

// timeField finds the timestamp in an event's data.
type timeField struct {
	keys [][]byte // the members' names in quotes, from the outside in
	path bool     // exactly there, and not at any depth
	unit int64    // nanoseconds
}

// newTimeField takes a name, which stands for the first member of that name at any
// depth, or a path of names with a dot in front and between them, as jq has it:
// ".meta.sent" is the member sent of the object meta of the whole.
func newTimeField(name string, unit time.Duration) timeField {
	f := timeField{unit: int64(unit)}
	name, f.path = strings.CutPrefix(name, ".")
	names := []string{name}
	if f.path {
		names = strings.Split(name, ".")
	}
	for _, n := range names {
		f.keys = append(f.keys, []byte(`"`+n+`"`))
	}
	return f
}

// find gives the timestamp in nanoseconds. The number may stand in quotes and may
// have decimals.
func (f timeField) find(data []byte) (int64, bool) {
	value, ok := f.first(data)
	if f.path {
		value, ok = f.follow(data)
	}
	if !ok {
		return 0, false
	}
	if len(value) > 0 && value[0] == '"' {
		value = value[1:]
	}
	return parseScaled(value, f.unit)
}

// first gives what follows the colon of the first member of the name, at any depth
// of the JSON text. A name inside a string value is not taken for a member, since
// its quotes are escaped there or no colon follows.
func (f timeField) first(data []byte) ([]byte, bool) {
	key := f.keys[0]
	for at := 0; ; {
		i := bytes.Index(data[at:], key)
		if i < 0 {
			return nil, false
		}
		i += at
		at = i + len(key)
		if i > 0 && data[i-1] == '\\' {
			continue
		}
		if rest := skipSpace(data[at:]); len(rest) > 0 && rest[0] == ':' {
			return skipSpace(rest[1:]), true
		}
	}
}

// follow walks down the path, object by object.
func (f timeField) follow(data []byte) ([]byte, bool) {
	for _, key := range f.keys {
		var ok bool
		if data, ok = member(data, key); !ok {
			return nil, false
		}
	}
	return data, true
}

// member gives the value of an object's own member, and what comes behind it.
func member(object, key []byte) ([]byte, bool) {
	object = skipSpace(object)
	if len(object) == 0 || object[0] != '{' {
		return nil, false
	}
	for b := skipSpace(object[1:]); len(b) > 0 && b[0] == '"'; {
		end := stringEnd(b)
		name := b[:end]
		b = skipSpace(b[end:])
		if len(b) == 0 || b[0] != ':' {
			return nil, false
		}
		b = skipSpace(b[1:])
		if bytes.Equal(name, key) {
			return b, true
		}
		b = skipSpace(b[valueEnd(b):])
		if len(b) == 0 || b[0] != ',' {
			return nil, false
		}
		b = skipSpace(b[1:])
	}
	return nil, false
}

// stringEnd gives the index behind the string that b begins with, or len(b).
func stringEnd(b []byte) int {
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(b)
}

// valueEnd gives the index behind the value that b begins with: the next comma or
// closing bracket outside of strings and of what the value opens.
func valueEnd(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			i += stringEnd(b[i:]) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			depth--
		case ',':
			if depth == 0 {
				return i
			}
		}
	}
	return len(b)
}

func skipSpace(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t' || b[0] == '\n' || b[0] == '\r') {
		b = b[1:]
	}
	return b
}

// parseScaled reads digits with optional decimals and gives them times unit.
// Decimals finer than a nanosecond are dropped. No digit, an overflow or a sign
// is not a timestamp.
func parseScaled(b []byte, unit int64) (int64, bool) {
	v, n := int64(0), 0
	for ; n < len(b) && isDigit(b[n]); n++ {
		if v > (math.MaxInt64-9)/10 {
			return 0, false
		}
		v = v*10 + int64(b[n]-'0')
	}
	if n == 0 || v > math.MaxInt64/unit {
		return 0, false
	}
	v *= unit
	if n < len(b) && b[n] == '.' {
		for n++; n < len(b) && isDigit(b[n]) && unit > 1; n++ {
			unit /= 10
			v += int64(b[n]-'0') * unit
		}
	}
	return v, true
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// number reads a decimal that is the whole of b.
func number(b []byte) (int64, bool) {
	if len(b) == 0 || len(b) > 18 {
		return 0, false
	}
	v := int64(0)
	for _, c := range b {
		if !isDigit(c) {
			return 0, false
		}
		v = v*10 + int64(c-'0')
	}
	return v, true
}
