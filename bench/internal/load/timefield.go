package load

import (
	"bytes"
	"math"
	"time"
)

// timeField finds the timestamp in an event's data.
type timeField struct {
	key  []byte // the member's name in quotes
	unit int64  // nanoseconds
}

func newTimeField(name string, unit time.Duration) timeField {
	return timeField{[]byte(`"` + name + `"`), int64(unit)}
}

// find gives the timestamp in nanoseconds: the number that is the value of the
// first member of the name, at any depth of the JSON text. A name inside a string
// value is not taken for a member, since its quotes are escaped there or no colon
// follows. The number may stand in quotes and may have decimals.
func (f timeField) find(data []byte) (int64, bool) {
	for at := 0; ; {
		i := bytes.Index(data[at:], f.key)
		if i < 0 {
			return 0, false
		}
		i += at
		at = i + len(f.key)
		if i > 0 && data[i-1] == '\\' {
			continue
		}
		rest := skipSpace(data[at:])
		if len(rest) == 0 || rest[0] != ':' {
			continue
		}
		rest = skipSpace(rest[1:])
		if len(rest) > 0 && rest[0] == '"' {
			rest = rest[1:]
		}
		return parseScaled(rest, f.unit)
	}
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
