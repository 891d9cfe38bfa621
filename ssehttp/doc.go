// Package ssehttp serves streams as Server-Sent Events on fasthttp.
//
// A handler answers a request with a publisher, as a WebFlux handler returns a
// Flux; everything else follows from it:
//
//	srv := ssehttp.New(ssehttp.Options{})
//	handler := srv.HTTP(func(r *ssehttp.Request) (flux.Publisher[ssehttp.Event], error) {
//		return flux.TryMap(prices.For(r.Query("symbol")), ssehttp.JSON[Price]("price")), nil
//	})
//	err := fasthttp.ListenAndServe(":8080", handler)
//
// # The life of a stream
//
// The handler runs on fasthttp's worker. An error that it returns is an HTTP
// status ([Status]). A publisher opens the stream: the connection is taken over
// from fasthttp, the head and a comment go out at once, and the publisher is
// subscribed to. Its events are written in order; when it completes, the
// connection is closed behind the last one; when it fails, an error event
// (Options.ErrorEvent) goes before that. Most publishers do neither. The stream
// then ends with its client: within milliseconds of the client's leaving, and
// without an event being sent, the subscription is cancelled and the context
// done.
//
// A client that shuts down its sending side alone counts as gone, as for
// net/http. There is no length and no chunked encoding: the body ends with the
// connection, and an encoded event is the same bytes on every connection.
//
// # Demand
//
// A stream requests a window of events (Options.Window) and requests more as
// the socket takes them. A client that does not read stops asking: a source
// that waits for demand waits, a best-effort sink drops for this client alone,
// and what waits in memory is bounded by the window. A publisher that sends
// more than was requested has its connection closed ([Overrun]).
//
// What waits is bounded in bytes too, if [Limits] say so: for one client and for all
// together. Where too much waits, clients that lag are asked for nothing more, and
// beyond another limit the slowest are closed ([Evicted]); those that keep up are not
// concerned.
//
// # Compression
//
// With Options.Compression streams are sent as gzip, zstd or br to clients that accept it.
// Every event is compressed by itself, into bytes that can stand behind any other, so
// that an encoded event is compressed once for all connections, whichever transport
// they have, and is read when it has come.
//
// # Goroutines
//
// On Linux a plain TCP or Unix connection has none. Its socket belongs to one
// of GOMAXPROCS shards, each with two goroutines and an epoll instance, and
// idle it costs about 400 bytes besides its pipeline. TLS, connections that
// something has wrapped (fasthttp's MaxConnsPerIP, a listener's own types) and
// other operating systems use fasthttp's goroutine of the connection, and a
// second one while there is something to write; they behave the same.
//
// Publishers are subscribed to, asked and cancelled on goroutines that exist
// while such calls are due, never on a shard. A publisher that blocks in one of
// them delays the others' calls by about a millisecond, and their events not at
// all. Events are encoded on the goroutine of the publisher that sends them.
//
// # Watching
//
// [Server.Stats] counts, at no cost to the streams: by reason, by cause, by shard, and
// what waits for slow clients. [Server.Streams] asks the shards for some live streams,
// the slowest first. [Hook] values hear of streams that open, stall, go on and are
// closed, of refused requests and of the turns of the shards, beside everything that
// has to go on ([LogHook] is one); without hooks none of that is made. [Server.Debug]
// is a page that shows all of it. Packages ssehttp/prometheus and ssehttp/otel, modules
// of their own, hand the figures to what you use already.
//
// # fasthttp
//
// Nothing needs to be configured: [Server.HTTP] is one handler among others,
// and requests that are answered without a stream keep their connection. Once a
// stream is open fasthttp no longer counts, limits, times out or drains its
// connection, so call [Server.Shutdown] beside fasthttp's own. KeepHijackedConns
// may be on or off (off is cheaper). A TimeoutHandler around the handler bounds
// the handler, not the stream.
package ssehttp
