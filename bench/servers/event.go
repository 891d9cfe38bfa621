package main

import (
	"context"
	"strconv"
	"time"
)

// event is what is broadcast: a number and the moment at which it was due.
type event struct {
	id  int64
	due time.Time
}

const (
	textBefore = `{"t":`
	textMiddle = `,"n":`
	textAfter  = `,"symbol":"FRSH","bid":104.25,"ask":104.31,"volume":184467,"venue":"loopback","text":"about a hundred and fifty bytes of JSON"}`
)

// appendJSON adds the data of the event, about 160 bytes.
func (e event) appendJSON(b []byte) []byte {
	b = append(b, textBefore...)
	b = strconv.AppendInt(b, e.due.UnixNano(), 10)
	b = append(b, textMiddle...)
	b = strconv.AppendInt(b, e.id, 10)
	return append(b, textAfter...)
}

func (e event) json() []byte { return e.appendJSON(make([]byte, 0, 192)) }

// frame gives the event as it goes over the wire, for the servers that write it
// themselves.
func (e event) frame() []byte {
	b := make([]byte, 0, 224)
	b = append(b, "id: "...)
	b = strconv.AppendInt(b, e.id, 10)
	b = append(b, "\ndata: "...)
	b = e.appendJSON(b)
	return append(b, "\n\n"...)
}

// pace broadcasts rate events a second until ctx is done. An event carries the
// moment at which it was due, and none is left out when the broadcast takes too
// long, so that a server that falls behind is seen to.
func pace(ctx context.Context, rate float64, a *audience, broadcast func(event)) {
	if rate <= 0 {
		<-ctx.Done()
		return
	}
	start := time.Now()
	for id := int64(1); ctx.Err() == nil; id++ {
		due := start.Add(time.Duration(float64(id) / rate * float64(time.Second)))
		if wait := time.Until(due); wait > 0 {
			time.Sleep(wait)
		}
		broadcast(event{id, due})
		a.emitted.Store(id)
	}
}
