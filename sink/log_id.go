package sink

import (
	"crypto/rand"
	"fmt"
	"time"

	"github.com/freshet-go/freshet/flux"
)

// MaxID is the greatest length of the id of a log's entry, in bytes.
const MaxID = 128

// checkID tells what is wrong with an id. Visible ASCII is what survives a
// header, an event stream and a query unchanged.
func checkID(id string) error {
	if id == "" {
		return fmt.Errorf("%w: sink: the id of an entry is empty; it must have 1 to %d bytes", flux.ErrInvalid, MaxID)
	}
	if len(id) > MaxID {
		const most = 32
		return fmt.Errorf("%w: sink: id %+q... has %d bytes; it must have 1 to %d", flux.ErrInvalid, id[:most], len(id), MaxID)
	}
	for i := range len(id) {
		if c := id[i]; c <= ' ' || c > '~' {
			return fmt.Errorf("%w: sink: id %+q has the byte 0x%02x at %d; it must be visible ASCII without blanks", flux.ErrInvalid, id, c, i)
		}
	}
	return nil
}

// compareIDs orders ids: the shorter first, then byte by byte. That is the order
// in which decimal numbers, ULIDs and the ids of idSource grow.
func compareIDs(a, b string) int {
	switch {
	case len(a) != len(b):
		return len(a) - len(b)
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// idSource makes the ids of a log that is given none:
//
//	01kaqm4v0p-0000000016-7h2k9q0a
//	│          │          └ 40 random bits, drawn for each Log: no other node and no
//	│          │            earlier run of this one gives the same id
//	│          └ the number of the entry in its log
//	└ milliseconds since 1970, never less than in the id before
//
// in base 32 with digits in the order of their bytes. All have the same length,
// so they sort as strings: by time, then as they were appended.
type idSource struct {
	last int64 // milliseconds in the newest id
	node [nodeDigits]byte
}

const (
	timeDigits   = 10 // 50 bits: some 35,000 years
	numberDigits = 10 // 50 bits: 35 years at a million a second
	nodeDigits   = 8
	idLength     = timeDigits + 1 + numberDigits + 1 + nodeDigits
	digits       = "0123456789abcdefghjkmnpqrstvwxyz"
)

func newIDSource() *idSource {
	s := new(idSource)
	_, _ = rand.Read(s.node[:]) // never fails: it would end the program
	for i, b := range s.node {
		s.node[i] = digits[b&31]
	}
	return s
}

// id makes the id of the n-th entry.
func (s *idSource) id(n uint64, now time.Time) string {
	s.last = max(s.last, now.UnixMilli())
	var b [idLength]byte
	putBase32(b[:timeDigits], uint64(s.last))
	b[timeDigits] = '-'
	putBase32(b[timeDigits+1:timeDigits+1+numberDigits], n)
	b[idLength-nodeDigits-1] = '-'
	copy(b[idLength-nodeDigits:], s.node[:])
	return string(b[:])
}

// follow makes later ids greater than one that an earlier run gave, though the
// clock went back since; an id from elsewhere changes nothing.
func (s *idSource) follow(id string) {
	if len(id) != idLength || id[timeDigits] != '-' || id[idLength-nodeDigits-1] != '-' {
		return
	}
	var ms int64
	for i := range timeDigits {
		d := digitOf(id[i])
		if d < 0 {
			return
		}
		ms = ms<<5 | int64(d)
	}
	s.last = max(s.last, ms)
}

func putBase32(b []byte, v uint64) {
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = digits[v&31]
		v >>= 5
	}
}

func digitOf(c byte) int {
	for i := range len(digits) {
		if digits[i] == c {
			return i
		}
	}
	return -1
}
