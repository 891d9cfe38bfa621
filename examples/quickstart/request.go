package main

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/freshet-go/freshet/ssehttp"
)

// client is what a request says of the one who sent it.
type client struct {
	addr   string
	only   []string // the names of the events that it wants
	lastID int64    // of the last event that it has seen, 0 for none
}

// clientOf reads a request; what it cannot mean is an error with status 400.
func clientOf(r *ssehttp.Request) (client, error) {
	only, err := onlyOf(r.Query("only"))
	if err != nil {
		return client{}, ssehttp.Status(http.StatusBadRequest, err.Error())
	}
	last, err := lastIDOf(r.LastEventID())
	if err != nil {
		return client{}, ssehttp.Status(http.StatusBadRequest, err.Error())
	}
	return client{addr: r.RemoteAddr(), only: only, lastID: last}, nil
}

// eventNames are the events that a client can choose among; open and the last
// event go to everybody.
var eventNames = []string{"cpu", "memory", "go", "net", "clients", "alert"}

// onlyOf gives the names of a query like only=cpu,memory, or all of them for an
// empty one.
func onlyOf(query string) ([]string, error) {
	if query == "" {
		return eventNames, nil
	}
	names := strings.Split(query, ",")
	for _, name := range names {
		if !slices.Contains(eventNames, name) {
			return nil, fmt.Errorf("only=%q: there is no event %q; allowed are %s, separated by commas",
				query, name, strings.Join(eventNames, ", "))
		}
	}
	return names, nil
}

// idBits keeps ids within the whole numbers that JavaScript has.
const idBits = 53

// lastIDOf reads the number that a client's last event had.
func lastIDOf(header string) (int64, error) {
	if header == "" {
		return 0, nil
	}
	id, err := strconv.ParseUint(header, 10, idBits)
	if err != nil {
		return 0, fmt.Errorf("malformed Last-Event-ID %q: the ids of this stream are whole numbers from 1 to %d", header, int64(1)<<idBits-1)
	}
	return int64(id), nil
}
