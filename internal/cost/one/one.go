// Package one is a program with one type of events, to see what that costs.
package one

import "github.com/freshet-go/freshet/flux"

// Event is a type that nothing else in the program has.
type Event struct{ Name, Data string }

// Events is a Flux of it, handed on as what it is: a publisher.
func Events(names ...string) flux.Publisher[Event] {
	return flux.Map(flux.FromSlice(names), func(name string) Event { return Event{Name: name} })
}
