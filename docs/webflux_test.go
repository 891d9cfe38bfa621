package docs_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
	"github.com/freshet-go/freshet/flux/mono"
	"github.com/freshet-go/freshet/sink"
	"github.com/freshet-go/freshet/ssehttp"
)

// What stands between "port" and "end" is the right-hand side of the port in
// coming-from-reactor.md; TestThePortIsTheCodeThatIsTested compares the two.

// port 1
type Note struct {
	ID, Room, Author, Text string
}

type Notes struct {
	sink  *sink.Direct[Note]
	names func(ctx context.Context, author string) (string, error)
}

func NewNotes() *Notes {
	return &Notes{sink: sink.DirectBestEffort[Note]()}
}

// end 1

// port 2
func (n *Notes) Post(ctx *fasthttp.RequestCtx) {
	var note Note
	if err := json.Unmarshal(ctx.PostBody(), &note); err != nil {
		ctx.Error(err.Error(), fasthttp.StatusBadRequest)
		return
	}
	n.sink.Emit(note, sink.FailFast)
}

// end 2

// port 3
func (n *Notes) Stream(r *ssehttp.Request) (flux.Publisher[ssehttp.Event], error) {
	room := r.Query("room")
	if room == "" {
		return nil, ssehttp.Status(400, "room is missing")
	}
	return flux.TryMap(n.Room(room), ssehttp.JSON("note", ssehttp.Encoding[Note]{
		ID: func(note Note) string { return note.ID },
	})), nil
}

// end 3

// port 4
func (n *Notes) Room(room string) flux.Flux[Note] {
	notes := n.sink.Flux(sink.Latest()).
		Filter(func(note Note) bool { return note.Room == room })
	return flux.FlatMapSequential(notes, n.named, flux.Concurrency(8)).
		Timeout(5 * time.Minute).
		DoOnCancel(func() { slog.Info("left", "room", room) })
}

// end 4

// port 5
func (n *Notes) named(note Note) flux.Mono[Note] {
	name := mono.FromFunc(func(ctx context.Context) (string, error) {
		return n.names(ctx, note.Author)
	}).
		Timeout(2 * time.Second).
		RetryWhen(flux.RetryBackoff(3, 200*time.Millisecond)).
		OnErrorReturn("somebody")
	return mono.Map(name, func(name string) Note {
		note.Author = name
		return note
	})
}

// end 5

// port 6
func TestANoteOfTheRoomArrivesWithItsAuthor(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		n := NewNotes()
		n.names = func(context.Context, string) (string, error) { return "Ada", nil }
		fluxtest.Verify(t, n.Room("go")).
			ThenDo(func() {
				n.sink.TryEmit(Note{ID: "1", Room: "java", Author: "7", Text: "no"})
				n.sink.TryEmit(Note{ID: "2", Room: "go", Author: "7", Text: "yes"})
			}).
			Next(Note{ID: "2", Room: "go", Author: "Ada", Text: "yes"}).
			Advance(5 * time.Minute).
			ErrorIs(flux.ErrTimeout)
	})
}

// end 6

func TestTheHandlersOfThePortServe(t *testing.T) {
	n := NewNotes()
	require.NotNil(t, ssehttp.New(ssehttp.Options{}).HTTP(n.Stream))

	var ctx fasthttp.RequestCtx
	n.Post(&ctx)
	require.Equal(t, fasthttp.StatusBadRequest, ctx.Response.StatusCode())
}

func TestThePortIsTheCodeThatIsTested(t *testing.T) {
	page := read(t, reactor)
	source := read(t, "webflux_test.go")
	for _, part := range []string{"1", "2", "3", "4", "5", "6"} {
		_, code, ok := strings.Cut(source, "\n// port "+part+"\n")
		require.True(t, ok, part)
		code, _, _ = strings.Cut(code, "\n// end "+part+"\n")
		require.Contains(t, page, "```go\n"+strings.ReplaceAll(strings.TrimSpace(code), "\t", "    ")+"\n```", "part %s of the port", part)
	}
}
