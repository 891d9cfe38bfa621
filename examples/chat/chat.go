package main

import (
	"fmt"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/mono"
	"github.com/freshet-go/freshet/sink"
	"github.com/freshet-go/freshet/ssehttp"
)

// chat is the room, which remembers a little for those who come late, and a sink
// for each user, which does not.
type chat struct {
	room    *sink.Replay[ssehttp.Event]
	users   *sink.Keyed[string, ssehttp.Event]
	gallery gallery
}

const (
	remembered = 50   // events of the room
	longest    = 1000 // bytes of a message
)

func newChat() *chat {
	return &chat{
		room:  sink.ReplayLimit[ssehttp.Event](remembered),
		users: sink.NewKeyed[string, ssehttp.Event](),
	}
}

// events is the stream of a tab: at once its open event, then what was and what is
// said in the room and to the user, until the user is sent away.
func (c *chat) events(r *ssehttp.Request) (flux.Publisher[ssehttp.Event], error) {
	return mono.FlatMapMany(ssehttp.Principal[User](r), func(u User) flux.Flux[ssehttp.Event] {
		return flux.Merge(c.users.Flux(u.Login), c.room).
			StartWith(ssehttp.Event{Name: "open", Data: u.Login}).
			TakeUntil(func(e ssehttp.Event) bool { return e.Name == bye.Name })
	}), nil
}

// bye is the last event of a user who signs out, in every tab.
var bye = ssehttp.Event{Name: "bye", Data: "signed out"}

func (c *chat) sendAway(u User) { c.users.TryEmit(u.Login, bye) }

// Message is something that was said.
type Message struct {
	From string    `json:"from"`
	To   string    `json:"to,omitempty"` // empty for everybody
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

var message = ssehttp.JSON[Message]("message")

// say takes what a user says: to the room, or with ?to= to the tabs of one user,
// and to the user's own so that they show it too.
func (c *chat) say(ctx *fasthttp.RequestCtx, u User) {
	m := Message{From: u.Login, To: string(ctx.QueryArgs().Peek("to")), Text: string(ctx.PostBody()), At: time.Now()}
	if len(m.Text) == 0 || len(m.Text) > longest {
		ctx.Error(fmt.Sprintf("the message has %d bytes: must be 1 to %d", len(m.Text), longest), fasthttp.StatusBadRequest)
		return
	}
	e, err := message(m)
	switch {
	case err != nil:
		ctx.Error(err.Error(), fasthttp.StatusInternalServerError)
	case m.To == "":
		c.room.TryEmit(e)
	case !c.users.TryEmit(m.To, e).Accepted():
		ctx.Error(fmt.Sprintf("%q is not here", m.To), fasthttp.StatusNotFound)
	case m.To != m.From:
		c.users.TryEmit(m.From, e)
	}
}
