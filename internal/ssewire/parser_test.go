package ssewire

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

// The streams of the standard's own examples, and the corners its algorithm
// spells out.
func TestMessagesAreThoseOfTheStandard(t *testing.T) {
	msg := func(data string) Message { return Message{Type: "message", Data: data} }
	for _, c := range []struct {
		name, stream string
		want         []Message
	}{
		{"several data lines are joined by LF", "data: YHOO\ndata: +2\ndata: 10\n\n", []Message{msg("YHOO\n+2\n10")}},
		{"an id without a value clears the id", ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
			[]Message{{"message", "first event", "1"}, msg("second event"), msg(" third event")}},
		{"data without a value is empty data", "data\n\ndata\ndata\n\ndata:", []Message{msg(""), msg("\n")}},
		{"one space after the colon is dropped", "data:test\n\ndata: test\n\n", []Message{msg("test"), msg("test")}},
		{"an id stays for the events that follow", "id: 1\ndata: a\n\ndata: b\n\n", []Message{{"message", "a", "1"}, {"message", "b", "1"}}},
		{"an id with a NUL is ignored", "id: 1\nid: a\x00b\ndata: x\n\n", []Message{{"message", "x", "1"}}},
		{"a block without data is not dispatched, but its id counts", "id: 7\nevent: e\n\ndata: x\n\n", []Message{{"message", "x", "7"}}},
		{"the last event name of a block counts", "event: a\nevent: b\ndata: x\n\n", []Message{{"b", "x", ""}}},
		{"an unfinished block is not dispatched", "data: a\n\ndata: b\n", []Message{msg("a")}},
		{"CR ends a line", "data: a\rid: 1\r\r", []Message{{"message", "a", "1"}}},
		{"CRLF ends one line", "data: a\r\ndata: b\r\n\r\n", []Message{msg("a\nb")}},
		{"LF after CRLF ends a block", "data: a\r\n\n", []Message{msg("a")}},
		{"one byte order mark is dropped", "\xef\xbb\xbfdata: a\n\n\xef\xbb\xbfdata: b\n\n", []Message{msg("a")}},
		{"unknown fields and comments are ignored", "foo: bar\n:c\nDATA: x\n data: x\ndata: y\n\n", []Message{msg("y")}},
		{"a broken character is one replacement", "data: \xe2\x82\n\ndata: \xed\xa0\x80\n\n", []Message{msg("\uFFFD"), msg("\uFFFD\uFFFD\uFFFD")}},
	} {
		t.Run(c.name, func(t *testing.T) { assert.Equal(t, c.want, Messages([]byte(c.stream))) })
	}
}

func TestRetryIsDigitsAlone(t *testing.T) {
	for value, want := range map[string]time.Duration{"1000": time.Second, "0": 0, "007": 7 * time.Millisecond,
		"9223372036855": math.MaxInt64, "99999999999999999999": math.MaxInt64,
	} {
		var p Parser
		p.Feed([]byte("retry: " + value + "\n"))
		d, ok := p.Retry()
		assert.True(t, ok, value)
		assert.Equal(t, want, d, value)
	}
	for _, value := range []string{"", "-1", "+1", "1.5", "1 ", "abc", "1a1", "\u0661"} {
		var p Parser
		p.Feed([]byte("retry: " + value + "\n"))
		_, ok := p.Retry()
		assert.False(t, ok, value)
	}
}

func TestTheLastEventIDCountsFromTheBlankLineOn(t *testing.T) {
	var p Parser
	p.Feed([]byte("id: 1\ndata: x\n"))
	assert.Empty(t, p.LastEventID())
	p.Feed([]byte("\n"))
	assert.Equal(t, "1", p.LastEventID())
}

func TestHowAStreamIsCutIntoPiecesMakesNoDifference(t *testing.T) {
	piece := rapid.SampledFrom([]string{"data: a", "data:", "id: 1", "event: e", "\r", "\n", "\r\n", "\n\n", ":", "x", "\xef\xbb\xbf", "é", "\xe2\x82"})
	rapid.Check(t, func(t *rapid.T) {
		var stream []byte
		for _, s := range rapid.SliceOf(piece).Draw(t, "stream") {
			stream = append(stream, s...)
		}
		want := Messages(stream)

		var got []Message
		p := Parser{OnMessage: func(m Message) { got = append(got, m) }}
		for rest := stream; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "piece")
			p.Feed(rest[:n])
			rest = rest[n:]
		}
		assert.Equal(t, want, got)
	})
}

func TestLinesAreWhatTheReaderSplits(t *testing.T) {
	want := []Line{
		{Comment, "", " c"}, {Field, "data", "a"}, {Field, "data", ""}, {Kind: Blank},
		{Field, "id", "1"}, {Kind: Blank}, {Field, "x", ""},
	}
	assert.Equal(t, want, slices.Collect(Lines([]byte(": c\ndata: a\r\ndata\r\rid:1\n\nx"))))
}
