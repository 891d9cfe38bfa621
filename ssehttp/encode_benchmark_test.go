package ssehttp

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var encodeCases = []struct {
	name  string
	event Event
}{
	{"tick", Event{ID: "1048576", Name: "price", Data: `{"symbol":"ABC","cents":1050}`}},
	{"all fields", Event{ID: "1048576", Name: "price", Retry: 3 * time.Second, Comment: "c", Data: `{"symbol":"ABC","cents":1050}`}},
	{"1 KiB", Event{ID: "1", Name: "doc", Data: strings.Repeat("0123456789abcdef", 64)}},
	{"32 lines", Event{Name: "doc", Data: strings.Repeat("0123456789abcdef0123456789abcde\n", 32)}},
	{"32 lines CRLF", Event{Name: "doc", Data: strings.Repeat("0123456789abcdef0123456789abcd\r\n", 32)}},
}

func TestEncodingDoesNotAllocateWhereThereIsRoom(t *testing.T) {
	buf := make([]byte, 0, 8<<10)
	for _, c := range encodeCases {
		broken := c.event
		broken.Data += "\xff\r\n"
		frozen, err := c.event.Encoded()
		require.NoError(t, err)
		for _, m := range []Mode{Standard, Spring} {
			for _, e := range []Event{c.event, broken, frozen} {
				frozen.shared(m) // the first use makes the Spring form
				n := testing.AllocsPerRun(20, func() { _, _ = e.appendTo(buf, m) })
				assert.Zero(t, n, "%s, %v", c.name, m)
			}
		}
	}
}

func TestEncodedAllocatesTwice(t *testing.T) {
	for _, c := range encodeCases[:3] {
		assert.Equal(t, 2.0, testing.AllocsPerRun(20, func() { _, _ = c.event.Encoded() }), c.name)
	}
}

func BenchmarkEncode(b *testing.B) {
	buf := make([]byte, 0, 8<<10)
	for _, c := range encodeCases {
		for _, m := range []Mode{Standard, Spring} {
			b.Run(c.name+"/"+m.String(), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					buf, _ = c.event.appendTo(buf[:0], m)
				}
				b.SetBytes(int64(len(buf)))
			})
		}
	}
}

// What a connection pays for an event that was encoded before.
func BenchmarkSharedFrame(b *testing.B) {
	for _, c := range encodeCases[1:3] {
		e, err := c.event.Encoded()
		require.NoError(b, err)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				copied := e
				if copied.shared(Standard) == nil {
					b.Fatal("no frame")
				}
			}
		})
	}
}

func BenchmarkEncoded(b *testing.B) {
	e := encodeCases[0].event
	b.ReportAllocs()
	for b.Loop() {
		_, _ = e.Encoded()
	}
}

func BenchmarkJSON(b *testing.B) {
	price := JSON("price", Encoding[quote]{ID: quote.Key})
	b.ReportAllocs()
	for b.Loop() {
		_, _ = price(quote{"ABC", 10.5})
	}
}
