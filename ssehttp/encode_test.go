package ssehttp

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/freshet-go/freshet/internal/ssewire"
)

func TestStandardModeWritesTheDocumentedBytes(t *testing.T) {
	for _, c := range []struct {
		name  string
		event Event
		want  string
	}{
		{"every field in order", Event{ID: "42", Name: "price", Retry: 3 * time.Second, Comment: "c", Data: "x"},
			"id: 42\nevent: price\nretry: 3000\n: c\ndata: x\n\n"},
		{"data alone", Event{Data: "x"}, "data: x\n\n"},
		{"the zero event is an empty message", Event{}, "data: \n\n"},
		{"a name alone is an event with empty data", Event{Name: "open"}, "event: open\ndata: \n\n"},
		{"an id alone is an event with empty data", Event{ID: "7"}, "id: 7\ndata: \n\n"},
		{"a retry alone is an event with empty data", Event{Retry: time.Second}, "retry: 1000\ndata: \n\n"},
		{"a comment alone is a line and no block", Event{Comment: "hi"}, ": hi\n"},
		{"a comment of several lines", Event{Comment: "a\r\nb\rc\n"}, ": a\n: b\n: c\n: \n"},
		{"a comment and empty data on purpose", Event{Comment: "hi"}.WithEmpty(FieldData), ": hi\ndata: \n\n"},
		{"an empty comment on purpose", Event{}.WithEmpty(FieldComment), ": \n"},
		{"an id taken back", Event{Data: "x"}.WithEmpty(FieldID), "id: \ndata: x\n\n"},
		{"reconnect at once", Event{Data: "x"}.WithEmpty(FieldRetry), "retry: 0\ndata: x\n\n"},
		{"each kind of line break", Event{Data: "a\nb\rc\r\nd\n\re"}, "data: a\ndata: b\ndata: c\ndata: d\ndata: \ndata: e\n\n"},
		{"a trailing line break", Event{Data: "a\n"}, "data: a\ndata: \n\n"},
		{"what only looks like a line break", Event{Data: "a\u2028b\u0085c\vd\fe\x00"}, "data: a\u2028b\u0085c\vd\fe\x00\n\n"},
		{"a leading space survives", Event{Data: " x"}, "data:  x\n\n"},
		{"bytes that are not UTF-8", Event{Data: "a\xff\xed\xa0\x80\nb\xe2\x82", Comment: "\xff"},
			": \uFFFD\ndata: a\uFFFD\uFFFD\uFFFD\uFFFD\ndata: b\uFFFD\uFFFD\n\n"},
		{"a byte order mark in the data is data", Event{Data: "\uFEFFx"}, "data: \uFEFFx\n\n"},
		{"less than a millisecond is one", Event{Retry: 1, Data: "x"}, "retry: 1\ndata: x\n\n"},
		{"milliseconds are rounded up", Event{Retry: 1500*time.Microsecond + 1, Data: "x"}, "retry: 2\ndata: x\n\n"},
		{"the longest retry", Event{Retry: math.MaxInt64, Data: "x"}, "retry: 9223372036855\ndata: x\n\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Standard.Append([]byte("before|"), c.event)
			require.NoError(t, err)
			assert.Equal(t, "before|"+c.want, string(got))

			frozen, err := c.event.Encoded()
			require.NoError(t, err)
			assert.Equal(t, c.want, string(frozen.shared(Standard)))
		})
	}
}

func TestTheHeartbeatIsACommentThatNoClientDispatches(t *testing.T) {
	assert.Equal(t, ":\n", heartbeat)
	stream := heartbeat + "data: a\n\n" + heartbeat + heartbeat + "data: b\n\n" + heartbeat
	assert.Equal(t, []ssewire.Message{{Type: "message", Data: "a"}, {Type: "message", Data: "b"}}, ssewire.Messages([]byte(stream)))
}

func TestAnEventThatCannotBeWrittenIsRefusedWithItsValueAndTheRule(t *testing.T) {
	for _, c := range []struct {
		event Event
		says  []string
	}{
		{Event{ID: "a\nb"}, []string{`id "a\nb"`, "CR and LF"}},
		{Event{ID: "a\rb"}, []string{`id "a\rb"`, "CR and LF"}},
		{Event{ID: "a\x00b"}, []string{`id "a\x00b"`, "NUL"}},
		{Event{ID: " a"}, []string{`id " a"`, "trim"}},
		{Event{ID: "a\t"}, []string{`id "a\t"`, "trim"}},
		{Event{ID: " "}, []string{`id " "`, "trim"}},
		{Event{ID: "a\xff"}, []string{`id "a\xff"`, "UTF-8"}},
		{Event{Name: "a\nb"}, []string{`event name "a\nb"`, "CR and LF"}},
		{Event{Name: "a\rb"}, []string{`event name "a\rb"`, "CR and LF"}},
		{Event{Name: "\x00"}, []string{`event name "\x00"`, "NUL"}},
		{Event{Name: "a "}, []string{`event name "a "`, "trim"}},
		{Event{Name: "\xff"}, []string{`event name "\xff"`, "UTF-8"}},
		{Event{Retry: -time.Second}, []string{"retry -1s", "negative"}},
		{Event{ID: strings.Repeat("x", 1000) + "\n"}, []string{`id "` + strings.Repeat("x", 64) + `"... (1001 bytes)`}},
	} {
		got, err := Standard.Append([]byte("before"), c.event)
		require.ErrorIs(t, err, ErrInvalidEvent)
		for _, s := range c.says {
			assert.ErrorContains(t, err, s)
		}
		assert.Equal(t, "before", string(got), "what was there stays")

		_, again := c.event.Encoded()
		assert.EqualError(t, again, err.Error())
	}
}

func TestBlanksInsideAnIDOrANameAreKept(t *testing.T) {
	got, err := Standard.Append(nil, Event{ID: "1 2:3", Name: "été ñ"})
	require.NoError(t, err)
	assert.Equal(t, "id: 1 2:3\nevent: été ñ\ndata: \n\n", string(got))
}

func TestAnUnknownModeIsRefused(t *testing.T) {
	_, err := Mode(7).Append(nil, Event{Data: "x"})
	require.ErrorIs(t, err, ErrInvalidEvent)
	require.ErrorContains(t, err, "Mode(7)")

	frozen, err := Event{Data: "x"}.Encoded()
	require.NoError(t, err)
	_, err = Mode(7).Append(nil, frozen)
	require.ErrorIs(t, err, ErrInvalidEvent)
	assert.Equal(t, "Standard Spring", fmt.Sprint(Standard, " ", Spring))
}

// anyEvent draws events that keep the rules and events that break any of them.
func anyEvent(t *rapid.T) Event {
	text := rapid.OneOf(
		rapid.String(),
		rapid.Map(rapid.SliceOf(rapid.SampledFrom([]string{"\r", "\n", "\r\n", "data: x", ":", " ", "a", "id: 9", "\x00", "\xff", "\uFEFF", "\u2028", "é"})),
			func(parts []string) string { return strings.Join(parts, "") }),
	)
	token := rapid.OneOf(rapid.Just(""), rapid.StringMatching(`[a-z0-9:é](data: |.)?[a-z0-9:]`), text)
	e := Event{
		ID: token.Draw(t, "id"), Name: token.Draw(t, "name"), Data: text.Draw(t, "data"), Comment: text.Draw(t, "comment"),
		Retry: time.Duration(rapid.OneOf(rapid.Just[int64](0), rapid.Int64Min(0), rapid.Int64()).Draw(t, "retry")),
	}
	return e.WithEmpty(Field(rapid.Uint8().Draw(t, "empty")))
}

func TestAnyEventIsReadBackOrRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkReadBack(t, anyEvent(t)) })
}

func FuzzEncode(f *testing.F) {
	f.Add("42", "price", `{"a":1}`, "", int64(0), uint8(0))
	f.Add("", "", "", "", int64(0), uint8(0))
	f.Add("", "", "a\r\n\r\nid: 1\rdata: b\n", "c\n\ndata: x", int64(3*time.Second), uint8(FieldData))
	f.Add("a\nb", " x", "\xff\xed\xa0\x80", "\xe2\x82", int64(-1), uint8(FieldID|FieldName))
	f.Add("\x00", "\uFEFF", "\uFEFF", ":", int64(1), uint8(FieldComment|FieldRetry))
	f.Fuzz(func(t *testing.T, id, name, data, comment string, retry int64, empty uint8) {
		checkReadBack(t, Event{ID: id, Name: name, Data: data, Comment: comment, Retry: time.Duration(retry)}.WithEmpty(Field(empty)))
	})
}

// checkReadBack is the promise of the wire format: what is written has exactly
// the lines that the fields make, whatever is in them, and a strict reader gets
// the event back.
func checkReadBack(t require.TestingT, e Event) {
	for _, m := range []Mode{Standard, Spring} {
		wire, err := m.Append(nil, e)
		if err != nil {
			require.ErrorIs(t, err, ErrInvalidEvent)
			require.Empty(t, wire)
			continue
		}
		require.Equal(t, expectedLines(e, m), slices.Collect(ssewire.Lines(wire)), "%v wrote %q", m, wire)
		require.False(t, bytes.Contains(wire, []byte("\r")))
	}
	wire, err := Standard.Append(nil, e)
	if err != nil {
		return
	}
	// Between two others: nothing may leak from one event into the next.
	var got []ssewire.Message
	p := ssewire.Parser{OnMessage: func(m ssewire.Message) { got = append(got, m) }}
	p.Feed([]byte("id: before\nevent: before\ndata: before\n\n" + string(wire) + "data: after\n\n"))

	id := "before"
	if e.has(FieldID) {
		id = e.ID
	}
	want := []ssewire.Message{{Type: "before", Data: "before", LastEventID: "before"}}
	if !onlyComment(e) {
		want = append(want, ssewire.Message{Type: orMessage(e.Name), Data: asRead(e.Data), LastEventID: id})
	}
	want = append(want, ssewire.Message{Type: "message", Data: "after", LastEventID: id})
	require.Equal(t, want, got, "wrote %q", wire)

	retry, asked := p.Retry()
	require.Equal(t, e.has(FieldRetry), asked)
	require.InDelta(t, e.Retry, retry, float64(time.Millisecond))
	require.GreaterOrEqual(t, retry, e.Retry)
}

// expectedLines says once more, in other words than the encoder, which lines an
// event has.
func expectedLines(e Event, m Mode) []ssewire.Line {
	var lines []ssewire.Line
	field := func(name, value string) {
		for v := range strings.SplitSeq(asRead(value), "\n") {
			if m == Spring {
				v = strings.TrimPrefix(v, " ") // the loss that comes with no space
			}
			lines = append(lines, ssewire.Line{Kind: ssewire.Field, Name: name, Value: v})
		}
	}
	if e.has(FieldID) {
		field("id", e.ID)
	}
	if e.has(FieldName) {
		field("event", e.Name)
	}
	if e.has(FieldRetry) {
		ms := int64(e.Retry / time.Millisecond)
		if m == Standard && e.Retry%time.Millisecond != 0 {
			ms++
		}
		field("retry", fmt.Sprint(ms))
	}
	if e.has(FieldComment) {
		for v := range strings.SplitSeq(asRead(e.Comment), "\n") {
			if m == Standard {
				v = " " + v
			}
			lines = append(lines, ssewire.Line{Kind: ssewire.Comment, Value: v})
		}
	}
	if m == Standard && onlyComment(e) {
		return lines
	}
	if m == Standard || e.has(FieldData) {
		field("data", e.Data)
	}
	return append(lines, ssewire.Line{Kind: ssewire.Blank})
}

func onlyComment(e Event) bool {
	return e.has(FieldComment) && !e.has(FieldID) && !e.has(FieldName) && !e.has(FieldRetry) && !e.has(FieldData)
}

func orMessage(name string) string {
	if name == "" {
		return "message"
	}
	return name
}

// asRead is a text as it arrives: its line breaks are LF, its bytes are UTF-8.
func asRead(s string) string {
	return string([]rune(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)))
}
