package ssehttp

import (
	"bytes"
	"net/http"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/freshet-go/freshet/flux"
)

// Debug is a page that shows what a server does, live: its connections, events and
// bytes a second, what waits for slow clients, why streams ended and requests were
// refused, its shards, and the streams that lag most. Make it with [Server.Debug].
type Debug struct {
	srv    *Server
	events flux.Flux[Event] // shared: a sample is taken once for everybody who watches
}

const (
	debugPeriod  = time.Second
	debugStreams = 100 // in the table of the page
)

// Debug gives the page, to be mounted at a path of your choice, "/debug/streams"
// say. It is one document without anything from elsewhere, and a stream of samples,
// one a second while anybody watches, at the same path with the query "?events".
//
// The page tells the paths and addresses of clients to whoever can open it: mount it
// behind authentication, or on a port that the world does not reach. Its stream is
// one of the server's own, so it is counted and shown as one, Options.Authenticate
// is asked about it and the [Limits] hold; the document itself is not protected by
// them.
//
// From the first call on, the server keeps a record of about 150 bytes for each new
// stream; streams that are open already are shown without their bytes.
func (s *Server) Debug() *Debug {
	s.debugged.Store(true)
	encode := JSON[sample]("sample")
	ticks := flux.IntervalAfter(0, debugPeriod).OnBackpressureDrop(nil)
	events := flux.TryMap(ticks, func(int64) (Event, error) { return encode(s.sample()) })
	return &Debug{srv: s, events: events.Share()}
}

// HTTP gives the page for fasthttp.
func (d *Debug) HTTP() fasthttp.RequestHandler {
	stream := d.srv.HTTP(d.watch)
	return func(ctx *fasthttp.RequestCtx) {
		switch {
		case ctx.QueryArgs().Has("events"):
			stream(ctx)
		case !ctx.IsGet() && !ctx.IsHead():
			ctx.Response.Header.Set("Allow", "GET, HEAD")
			ctx.Error("the page is read with GET\n", http.StatusMethodNotAllowed)
		default:
			page := debugPage()
			for _, f := range page.header {
				ctx.Response.Header.Set(f.name, f.value)
			}
			ctx.SetBody(page.body)
		}
	}
}

// Handler gives the page for net/http.
func (d *Debug) Handler() http.Handler {
	stream := d.srv.Handler(d.watch)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Query().Has("events"):
			stream.ServeHTTP(w, r)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "the page is read with GET", http.StatusMethodNotAllowed)
		default:
			page := debugPage()
			for _, f := range page.header {
				w.Header().Set(f.name, f.value)
			}
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(page.body))
		}
	})
}

// watch gives everybody the newest sample at the speed at which they read.
func (d *Debug) watch(*Request) (flux.Publisher[Event], error) {
	return d.events.OnBackpressureLatest(), nil
}

// sample is what the page is told each time; times are Unix milliseconds, durations
// milliseconds.
type sample struct {
	At     int64 `json:"at"`
	Since  int64 `json:"since"`
	Period int64 `json:"period"`

	Live          int64            `json:"live"`
	Accepted      int64            `json:"accepted"`
	Events        int64            `json:"events"`
	Bytes         int64            `json:"bytes"`
	Heartbeats    int64            `json:"heartbeats"`
	Stalls        int64            `json:"stalls"`
	Pending       int64            `json:"pending"`
	Withheld      int64            `json:"withheld"`
	ErrorsDropped int64            `json:"errorsDropped"`
	HooksMissed   int64            `json:"hooksMissed"`
	Closed        map[string]int64 `json:"closed"`
	Refused       map[string]int64 `json:"refused"`

	Shards  []shardSample  `json:"shards"`
	Streams []streamSample `json:"streams"`
}

type shardSample struct {
	Connections int64   `json:"connections"`
	Pending     int64   `json:"pending"`
	Turns       int64   `json:"turns"`
	Busy        float64 `json:"busy"`
	Longest     float64 `json:"longest"`
}

type streamSample struct {
	ID        uint64 `json:"id"`
	Path      string `json:"path"`
	Remote    string `json:"remote"`
	Shard     int    `json:"shard"`
	Opened    int64  `json:"opened"`
	Events    int64  `json:"events"`
	Bytes     int64  `json:"bytes"`
	Pending   int64  `json:"pending"`
	Demand    int64  `json:"demand"`
	LastWrite int64  `json:"lastWrite"`
}

func (s *Server) sample() sample {
	st := s.Stats()
	m := sample{
		At: time.Now().UnixMilli(), Since: s.began.UnixMilli(), Period: debugPeriod.Milliseconds(),
		Live: st.Live, Accepted: st.Accepted, Events: st.Events, Bytes: st.Bytes, Heartbeats: st.Heartbeats,
		Stalls: st.Stalls, Pending: st.Pending, Withheld: st.Withheld, ErrorsDropped: st.ErrorsDropped, HooksMissed: st.HooksMissed,
		Closed: map[string]int64{}, Refused: map[string]int64{},
	}
	for _, r := range Reasons() {
		m.Closed[r.String()] = st.Closed(r)
	}
	for _, r := range Refusals() {
		m.Refused[r.String()] = st.RefusedFor(r)
	}
	for _, sh := range st.Shards {
		m.Shards = append(m.Shards, shardSample{sh.Connections, sh.Pending, sh.Turns, milliseconds(sh.Busy), milliseconds(sh.LongestTurn)})
	}
	for _, i := range s.Streams(debugStreams) {
		m.Streams = append(m.Streams, streamSample{
			i.ID, i.Path, i.RemoteAddr, i.Shard, i.Opened.UnixMilli(),
			i.Events, i.Bytes, i.Pending, i.Demand, i.LastWrite.UnixMilli(),
		})
	}
	return m
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
