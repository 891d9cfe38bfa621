package ssewire

import (
	"strings"
	"unicode/utf8"
)

// decodeUTF8 decodes as the Encoding standard says: one U+FFFD for every
// longest piece that could have begun a character and did not become one, where
// Go's own conversions give one for every byte. Lines are split before they are
// decoded, which comes to the same because CR and LF are part of no other
// character, well-formed or not.
func decodeUTF8(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	var s strings.Builder
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n <= 1 {
			n = brokenPrefix(b)
		}
		s.WriteRune(r)
		b = b[n:]
	}
	return s.String()
}

// brokenPrefix is the length of the piece that one U+FFFD replaces, given that
// b does not begin with a well-formed character.
func brokenPrefix(b []byte) int {
	var size int
	low, high := byte(0x80), byte(0xBF) // bounds of the second byte
	switch lead := b[0]; {
	case lead >= 0xC2 && lead <= 0xDF:
		size = 2
	case lead >= 0xE0 && lead <= 0xEF:
		size = 3
		if lead == 0xE0 {
			low = 0xA0
		}
		if lead == 0xED {
			high = 0x9F
		}
	case lead >= 0xF0 && lead <= 0xF4:
		size = 4
		if lead == 0xF0 {
			low = 0x90
		}
		if lead == 0xF4 {
			high = 0x8F
		}
	default:
		return 1
	}
	n := 1
	for n < size && n < len(b) && b[n] >= low && b[n] <= high {
		low, high = 0x80, 0xBF
		n++
	}
	return n
}
