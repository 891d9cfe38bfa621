// Command chat is a room with a shared gallery for people who are signed in: what
// is said goes to everybody, what is said to one person goes to that person's own
// sink, and a stream ends when the sign-in it began with does.
//
//	go run ./examples/chat [-addr 127.0.0.1:8084]
//	curl -c jar -d name=ann 127.0.0.1:8084/signin && curl -N -b jar 127.0.0.1:8084/events
//	curl -b jar -d 'good morning' 127.0.0.1:8084/say           # ?to=bob: to bob alone
//	curl -b jar --data-binary @cat.jpg 127.0.0.1:8084/picture
package main

import (
	"context"
	"embed"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/freshet-go/freshet/examples/internal/example"
	"github.com/freshet-go/freshet/ssehttp"
)

//go:embed page
var page embed.FS

// signedInFor is how long a sign-in is good.
const signedInFor = 30 * time.Minute

func main() {
	example.Main(func(context.Context) (example.Program, error) { return newProgram(signedInFor), nil })
}

func newProgram(signedInFor time.Duration) example.Program {
	people := newSessions(signedInFor)
	chat := newChat()
	streams := ssehttp.New(ssehttp.Options{
		Authenticate: people.authenticate,
		Limits:       ssehttp.Limits{Streams: 10_000, PerKey: 20, Key: people.key},
	})
	return example.Program{
		Name: "chat", Addr: "127.0.0.1:8084", Page: page, Streams: streams,
		Try: "curl -c jar -d name=ann URL/signin && curl -N -b jar URL/events",
		Routes: map[string]fasthttp.RequestHandler{
			"GET /events":   streams.HTTP(chat.events),
			"POST /signin":  people.signIn,
			"POST /signout": people.only(func(ctx *fasthttp.RequestCtx, u User) { people.signOut(ctx, u); chat.sendAway(u) }),
			"POST /say":     people.only(chat.say),
			"POST /picture": people.only(chat.hang),
			"GET /picture":  people.only(chat.show),
		},
	}
}
