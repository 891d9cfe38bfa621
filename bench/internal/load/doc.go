// Package load opens many connections to one SSE server on this machine and
// measures what arrives: the engine of the command sseload.
//
// # How it measures
//
// One epoll instance and one goroutine a worker; a connection is a few hundred
// bytes of state in a slice, never a goroutine. A read takes whatever the socket
// holds, so a server that sends ten events in one write is read in one call.
//
// The delivery latency of an event is the time between the timestamp in its
// data and the return of the read call that brought its last byte. It holds
// everything a user waits for: the server's queue, its write, the kernel and the
// queue of this program. A server that stamps an event with the time at which it
// was due, not with the time at which it got round to it, is measured without
// coordinated omission.
//
// The measured window begins when every connection has its response head and the
// warm-up has passed. Events before it are parsed and checked for gaps, but not
// counted.
//
// # Those who come back
//
// Connections can be closed from this side, reset, opened again, and say their last
// id then (Options.Churn, Kill, Storm, Reconnect, Resume). What comes back is timed
// apart from the first connections.
//
// # TLS
//
// A TLS connection is carried by two goroutines to a socket pair, whose other end the
// worker reads like any connection. That costs memory and some microseconds an event;
// plain connections have none of it.
//
// # Limits
//
// Targets are addresses in 127.0.0.0/8 and nothing else: this is a tool for
// servers of one's own on one's own machine. The number of connections and the
// duration are bounded. It runs on Linux.
package load
