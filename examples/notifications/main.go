// Command notifications sends notes to members, each of whom may have several tabs
// open. The tabs of a member share one sink, which begins with the first of them
// and ends with the last; who is there is known from that alone.
//
//	go run ./examples/notifications [-addr 127.0.0.1:8083]
//	curl -N '127.0.0.1:8083/events?member=ann'
//	curl -d 'tea is ready' '127.0.0.1:8083/notify?to=ann'    # without to: everybody
package main

import (
	"context"
	"embed"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/freshet-go/freshet/examples/internal/example"
	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
	"github.com/freshet-go/freshet/ssehttp"
)

//go:embed page
var page embed.FS

// away is how long a member without a tab still counts as present, so that loading
// the page anew is not a departure.
const away = time.Second

func main() { example.Main(begin) }

func begin(context.Context) (example.Program, error) {
	streams := ssehttp.New(ssehttp.Options{Limits: ssehttp.Limits{Streams: 10_000}})
	s := newService(away)
	return example.Program{
		Name: "notifications", Addr: "127.0.0.1:8083", Page: page, Streams: streams,
		Try: "curl -N 'URL/events?member=ann'   and then   curl -d 'tea is ready' 'URL/notify?to=ann'",
		Routes: map[string]fasthttp.RequestHandler{
			"GET /events":  streams.HTTP(s.events),
			"POST /notify": s.notify,
		},
	}, nil
}

// service is a sink for each member, and the list of those who are there.
type service struct {
	notes   *sink.Keyed[string, ssehttp.Event]
	present *sink.Replay[[]string]
}

func newService(away time.Duration) *service {
	s := &service{present: sink.ReplayLatestOrDefault([]string{})}
	changed := func(string) { s.present.TryEmit(slices.Sorted(slices.Values(s.notes.Keys()))) }
	s.notes = sink.NewKeyed[string, ssehttp.Event](sink.KeyedOptions[string]{Grace: away, FirstIn: changed, LastOut: changed})
	return s
}

var memberName = regexp.MustCompile(`^[a-z]{1,20}$`)

var presence = ssehttp.JSON[[]string]("presence")

// events is the stream of one tab: what is for its member, and who is there. The
// notes come first in the merge, so a tab that has seen a presence list misses no
// note from then on.
func (s *service) events(r *ssehttp.Request) (flux.Publisher[ssehttp.Event], error) {
	member := r.Query("member")
	if !memberName.MatchString(member) {
		return nil, ssehttp.Status(http.StatusBadRequest, fmt.Sprintf("member %q: must be 1 to 20 letters from a to z", member))
	}
	return flux.Merge(s.notes.Flux(member), flux.TryMap(s.present, presence)), nil
}

// Note is what a member is told.
type Note struct {
	To   string    `json:"to"` // empty for everybody
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

var note = ssehttp.JSON[Note]("note")

const longest = 500 // bytes of a note

// notify sends the request's body to a member, or to everybody. A note is encoded
// once, however many tabs get it.
func (s *service) notify(ctx *fasthttp.RequestCtx) {
	n := Note{To: string(ctx.QueryArgs().Peek("to")), Text: string(ctx.PostBody()), At: time.Now()}
	if len(n.Text) == 0 || len(n.Text) > longest {
		ctx.Error(fmt.Sprintf("the note has %d bytes: must be 1 to %d", len(n.Text), longest), fasthttp.StatusBadRequest)
		return
	}
	e, err := note(n)
	if err != nil {
		ctx.Error(err.Error(), fasthttp.StatusInternalServerError)
		return
	}
	if n.To == "" {
		_, _ = fmt.Fprintf(ctx, "sent to %s", count(s.notes.Broadcast(e), "member"))
		return
	}
	tabs := s.notes.SubscriberCount(n.To)
	switch result := s.notes.TryEmit(n.To, e); {
	case result.Accepted():
		_, _ = fmt.Fprintf(ctx, "sent to %s of %s", count(tabs, "tab"), n.To)
	case result == sink.FailZeroSubscriber:
		ctx.Error(fmt.Sprintf("%q is not here", n.To), fasthttp.StatusNotFound)
	default:
		ctx.Error(result.String(), fasthttp.StatusServiceUnavailable)
	}
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
