package main

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/freshet-go/freshet/ssehttp"
)

// eventNames are the events that a client can choose among; open and the last
// event go to everybody.
var eventNames = []string{"cpu", "memory", "go", "net", "clients", "alert"}

// onlyOf gives the names of a query like only=cpu,memory, or all of them for an
// empty one. A name that does not exist is a 400.
func onlyOf(query string) ([]string, error) {
	if query == "" {
		return eventNames, nil
	}
	names := strings.Split(query, ",")
	for _, name := range names {
		if !slices.Contains(eventNames, name) {
			return nil, ssehttp.Status(http.StatusBadRequest,
				fmt.Sprintf("only=%q: there is no event %q; allowed are %s, separated by commas", query, name, strings.Join(eventNames, ", ")))
		}
	}
	return names, nil
}

// idBits keeps ids within the whole numbers that JavaScript has.
const idBits = 53

// lastIDOf gives the number that a client's last event had, 0 for a client that
// has seen none. What is not a number of ours is a 400.
func lastIDOf(header string) (int64, error) {
	if header == "" {
		return 0, nil
	}
	id, err := strconv.ParseUint(header, 10, idBits)
	if err != nil {
		return 0, ssehttp.Status(http.StatusBadRequest,
			fmt.Sprintf("Last-Event-ID %q: the ids of this stream are whole numbers from 1 to %d", header, int64(1)<<idBits-1))
	}
	return int64(id), nil
}
