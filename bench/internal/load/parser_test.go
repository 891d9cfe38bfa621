package load

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// parsed is an Event that outlives the call.
type parsed struct {
	id, name, data string
	hasID          bool
}

func parseAll(t *testing.T, p *Parser, pieces ...string) []parsed {
	t.Helper()
	var got []parsed
	for _, piece := range pieces {
		require.NoError(t, p.Feed([]byte(piece), func(e *Event) {
			got = append(got, parsed{string(e.ID), string(e.Name), string(e.Data), e.HasID})
		}))
	}
	return got
}

var streams = []struct {
	name, stream string
	want         []parsed
	comments     int64
}{
	{"one line of data is an event", "data: a\n\n", []parsed{{data: "a"}}, 0},
	{"the space after the colon is optional and only one is taken", "data:a\n\ndata:  b\n\n", []parsed{{data: "a"}, {data: " b"}}, 0},
	{"fields come in any order", "id: 7\nevent: x\ndata: a\n\ndata: b\nevent: y\nid: 8\n\n",
		[]parsed{{"7", "x", "a", true}, {"8", "y", "b", true}}, 0},
	{"data lines are joined by LF", "data: a\ndata: b\ndata:\ndata: c\n\n", []parsed{{data: "a\nb\n\nc"}}, 0},
	{"CR ends a line", "id: 1\rdata: a\r\rdata: b\r\r", []parsed{{"1", "", "a", true}, {data: "b"}}, 0},
	{"CRLF ends a line", "id: 1\r\ndata: a\r\n\r\ndata: b\r\n\r\n", []parsed{{"1", "", "a", true}, {data: "b"}}, 0},
	{"line ends may be mixed", "data: a\r\ndata: b\n\rdata: c\r\r\n", []parsed{{data: "a\nb"}, {data: "c"}}, 0},
	{"an event without data is not dispatched and leaves nothing behind", "event: x\nid: 5\n\ndata: a\n\n", []parsed{{data: "a"}}, 0},
	{"an empty data field is an event", "data\n\ndata:\n\n", []parsed{{}, {}}, 0},
	{"comments are counted and do not end an event", ":\n\n: hi\ndata: a\n:x\n\n", []parsed{{data: "a"}}, 3},
	{"unknown fields and retry are ignored", "retry: 10\nfoo: bar\ndatax: no\ndata: a\n\n", []parsed{{data: "a"}}, 0},
	{"an id with NUL is ignored", "id: a\x00b\ndata: a\n\n", []parsed{{data: "a"}}, 0},
	{"an empty id is an id", "id\ndata: a\n\n", []parsed{{data: "a", hasID: true}}, 0},
	{"a byte order mark at the start is skipped, later it is not", "\xef\xbb\xbfdata: a\n\n\xef\xbb\xbfdata: b\n\n", []parsed{{data: "a"}}, 0},
	{"an unfinished event is not dispatched", "data: a\n\ndata: b\n", []parsed{{data: "a"}}, 0},
	{"blank lines alone are nothing", "\n\n\r\r\n\n", nil, 0},
	{"colons in the value stay", "data: {\"t\":1}: x\n\n", []parsed{{data: "{\"t\":1}: x"}}, 0},
}

func TestParserFollowsTheStandard(t *testing.T) {
	for _, c := range streams {
		t.Run(c.name, func(t *testing.T) {
			var p Parser
			assert.Equal(t, c.want, parseAll(t, &p, c.stream))
			assert.Equal(t, c.comments, p.Comments)
		})
	}
}

func TestParserGivesTheSameWhereverTheStreamIsCut(t *testing.T) {
	for _, c := range streams {
		t.Run(c.name, func(t *testing.T) {
			for i := range len(c.stream) + 1 {
				for j := i; j <= len(c.stream); j++ {
					var p Parser
					require.Equal(t, c.want, parseAll(t, &p, c.stream[:i], c.stream[i:j], c.stream[j:]), "cut at %d and %d", i, j)
					require.Equal(t, c.comments, p.Comments)
				}
			}
		})
	}
}

func TestParserGivesTheSameByteByByte(t *testing.T) {
	var all strings.Builder
	var want []parsed
	for _, c := range streams {
		if strings.HasPrefix(c.stream, "\xef") || strings.Contains(c.name, "unfinished") {
			continue
		}
		all.WriteString(c.stream)
		want = append(want, c.want...)
	}
	var p Parser
	assert.Equal(t, want, parseAll(t, &p, strings.Split(all.String(), "")...))
}

func TestParserRefusesALineAndAnEventThatNeverEnd(t *testing.T) {
	part := []byte(strings.Repeat("x", 4096))
	feed := func(p *Parser, end string) (err error) {
		for n := 0; n <= maxEvent && err == nil; n += len(part) {
			err = p.Feed(append([]byte("data: "), append(part, end...)...), func(*Event) {})
		}
		return err
	}
	assert.ErrorContains(t, feed(new(Parser), ""), "line longer than 1048576 bytes")
	assert.ErrorContains(t, feed(new(Parser), "\n"), "event larger than 1048576 bytes")
}

func TestParserDoesNotAllocateForAWholeEvent(t *testing.T) {
	var p Parser
	events := 0
	b := []byte("id: 1\nevent: price\ndata: {\"t\":1}\n\n")
	count := func(*Event) { events++ }
	assert.Zero(t, testing.AllocsPerRun(100, func() { assert.NoError(t, p.Feed(b, count)) }))
	assert.Equal(t, 101, events)
}

func FuzzParserCutAnywhere(f *testing.F) {
	for _, c := range streams {
		f.Add(c.stream, len(c.stream)/2)
	}
	f.Fuzz(func(t *testing.T, stream string, cut int) {
		if cut < 0 || cut > len(stream) {
			return
		}
		var whole, parts Parser
		assert.Equal(t, parseAll(t, &whole, stream), parseAll(t, &parts, stream[:cut], stream[cut:]))
	})
}

func BenchmarkParser(b *testing.B) {
	var p Parser
	frame := []byte("id: 123456\ndata: " + `{"t":1795267755228717298,"n":123456,"symbol":"FRSH","bid":104.25,"ask":104.31,"volume":184467,"venue":"loopback","text":"about a hundred and fifty bytes of JSON"}` + "\n\n")
	field := newTimeField("t", 1)
	b.SetBytes(int64(len(frame)))
	b.ReportAllocs()
	for b.Loop() {
		if err := p.Feed(frame, func(e *Event) { field.find(e.Data) }); err != nil {
			b.Fatal(err)
		}
	}
}
