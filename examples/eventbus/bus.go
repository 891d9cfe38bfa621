package main

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
	"github.com/freshet-go/freshet/ssehttp"
)

// bus has a sink for each event name that somebody is registered for.
type bus struct {
	pulse  time.Duration
	events *sink.Keyed[string, ssehttp.Event]
}

func newBus(pulse time.Duration) *bus {
	return &bus{pulse: pulse, events: sink.NewKeyed[string, ssehttp.Event]()}
}

// register answers a client with the events of the names that it lists. Its first
// event says that it is registered: nothing that is published later is missed.
func (b *bus) register(r *ssehttp.Request) (flux.Publisher[ssehttp.Event], error) {
	names, err := namesOf(r.Query("names"))
	if err != nil {
		return nil, ssehttp.Status(http.StatusBadRequest, err.Error())
	}
	return b.stream(names), nil
}

func (b *bus) stream(names []string) flux.Flux[ssehttp.Event] {
	var events []flux.Publisher[ssehttp.Event]
	for _, name := range names {
		events = append(events, b.events.Flux(name))
	}
	registered := flux.Just(ssehttp.Event{Name: "registered", Data: strings.Join(names, ",")})
	heartbeats := flux.Map(flux.Interval(b.pulse).OnBackpressureDrop(nil), heartbeat)
	return flux.Merge(flux.Merge(events...), registered, heartbeats)
}

func heartbeat(n int64) ssehttp.Event {
	return ssehttp.Event{Name: "heartbeat", Data: fmt.Sprint(n + 1)}
}

// publish sends the body of a request to those who are registered for ?name=. It
// is encoded once, however many they are.
func (b *bus) publish(ctx *fasthttp.RequestCtx) {
	name, data := string(ctx.QueryArgs().Peek("name")), string(ctx.PostBody())
	if err := check(name, data); err != nil {
		ctx.Error(err.Error(), fasthttp.StatusBadRequest)
		return
	}
	e, err := ssehttp.Event{Name: name, Data: data}.Encoded()
	if err != nil {
		ctx.Error(err.Error(), fasthttp.StatusBadRequest)
		return
	}
	clients := b.events.SubscriberCount(name)
	b.events.TryEmit(name, e) // that nobody is registered is no mistake of the publisher
	_, _ = fmt.Fprintf(ctx, "clients registered for %s: %d", name, clients)
}

const (
	mostNames = 20
	longest   = 4096 // bytes of an event's data
)

var (
	eventName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,29}$`)
	own       = []string{"registered", "heartbeat", "error", "shutdown"}
)

func namesOf(list string) ([]string, error) {
	names := strings.Split(list, ",")
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) > mostNames {
		return nil, fmt.Errorf("%d names: must be at most %d", len(names), mostNames)
	}
	for _, name := range names {
		if err := check(name, ""); err != nil {
			return nil, err
		}
	}
	return names, nil
}

func check(name, data string) error {
	switch {
	case !eventName.MatchString(name):
		return fmt.Errorf("event name %q: must be 1 to 30 of a to z, 0 to 9 and -, and begin with a letter", name)
	case slices.Contains(own, name):
		return fmt.Errorf("event name %q: is one of the bus itself", name)
	case len(data) > longest:
		return fmt.Errorf("the data has %d bytes: must be at most %d", len(data), longest)
	}
	return nil
}
