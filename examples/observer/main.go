// Command observer is the first program of many a WebFlux course, ported line by
// line: an interval, each tick of which becomes an event with an id, a name and a
// retry. It observes the memory of the process itself.
//
//	go run ./examples/observer [-addr 127.0.0.1:8088]
//	curl -N 127.0.0.1:8088/memory
//	curl -N -H 'Last-Event-ID: 41' 127.0.0.1:8088/memory
package main

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"runtime/metrics"
	"strconv"
	"sync"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/freshet-go/freshet/examples/internal/example"
	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/ssehttp"
)

//go:embed page
var page embed.FS

func main() { example.Main(begin) }

func begin(context.Context) (example.Program, error) {
	streams := ssehttp.New(ssehttp.Options{Limits: ssehttp.Limits{Streams: 1000}})
	b := &ballast{}
	return example.Program{
		Name: "observer", Addr: "127.0.0.1:8088", Page: page, Streams: streams,
		Try: "curl -N URL/memory",
		Routes: map[string]fasthttp.RequestHandler{
			"GET /memory": streams.HTTP(observe),
			"POST /fill":  b.fill,
			"POST /free":  b.free,
		},
	}, nil
}

// observe answers with an event a second, whose ids go on where the client's last
// one was.
func observe(r *ssehttp.Request) (flux.Publisher[ssehttp.Event], error) {
	last := int64(0)
	if id := r.LastEventID(); id != "" {
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil || n < 0 || n > maxID {
			return nil, ssehttp.Status(http.StatusBadRequest, fmt.Sprintf("Last-Event-ID %q: must be a number from 0 to %d", id, int64(maxID)))
		}
		last = n
	}
	return memories(last), nil
}

// maxID leaves room to count on for as long as anybody looks.
const maxID = 1 << 53

func memories(last int64) flux.Flux[ssehttp.Event] {
	return flux.TryMap(flux.Interval(time.Second), func(n int64) (ssehttp.Event, error) {
		data, err := json.Marshal(memoryNow())
		return ssehttp.Event{
			ID:    strconv.FormatInt(last+n+1, 10),
			Name:  "memory",
			Retry: 3 * time.Second,
			Data:  string(data),
		}, err
	})
}

// Memory is what the Go runtime uses, in bytes.
type Memory struct {
	Heap  uint64 `json:"heap"`  // live objects, and dead ones that were not collected yet
	Goal  uint64 `json:"goal"`  // the size at which the next collection ends
	Total uint64 `json:"total"` // all that is mapped
	GCs   uint64 `json:"gcs"`   // collections since the start
}

func memoryNow() Memory {
	s := []metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/gc/heap/goal:bytes"},
		{Name: "/memory/classes/total:bytes"},
		{Name: "/gc/cycles/total:gc-cycles"},
	}
	metrics.Read(s)
	return Memory{s[0].Value.Uint64(), s[1].Value.Uint64(), s[2].Value.Uint64(), s[3].Value.Uint64()}
}

// ballast gives the observer something to see. A mutex guards it, because each
// request has a goroutine.
type ballast struct {
	mu     sync.Mutex
	next   int
	blocks [8][]byte
}

// fill takes 8 MiB, and from the ninth time on lets go of the oldest.
func (b *ballast) fill(*fasthttp.RequestCtx) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.blocks[b.next%len(b.blocks)] = make([]byte, 8<<20)
	b.next++
}

// free lets go of all, and has it collected.
func (b *ballast) free(*fasthttp.RequestCtx) {
	b.mu.Lock()
	b.blocks = [8][]byte{}
	b.mu.Unlock()
	runtime.GC()
}
