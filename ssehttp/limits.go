package ssehttp

import (
	"fmt"
	"math"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// Limits bound what clients can take of a server. A field that is zero bounds
// nothing. Beyond Streams, PerAddress, Rate and PerKey a request is refused before the
// handler runs, with a status and Retry-After, and counted ([Stats.RefusedFor]);
// beyond the others a stream is closed, and counted by its [Reason].
//
// How long a client may take to send its request, and how large that may be, is
// for the HTTP server to limit: ReadTimeout and ReadBufferSize of fasthttp,
// ReadHeaderTimeout and MaxHeaderBytes of net/http.
type Limits struct {
	// Streams is how many may be open at the same time. 503.
	Streams int

	// PerAddress is how many may be open from one address at the same time; of
	// IPv6 a /64 counts as one. 429.
	PerAddress int

	// Rate is how many streams an address may open in a second on average, Burst
	// how many at once: at least one, and by default Rate rounded up. 429.
	Rate  float64
	Burst int

	// PerKey is how many may be open at the same time for one result of Key, a
	// user's login say; an empty key is not limited. Key runs on the goroutine of
	// the request. 429.
	PerKey int
	Key    func(*Request) string

	// TrustedProxies are the peers whose X-Forwarded-For is believed: the client's
	// address is the last in it that is none of them. Without them it is the
	// peer's own.
	TrustedProxies []netip.Prefix

	// Lifetime is how long a stream may last; it is closed then, and an
	// EventSource comes back with its Last-Event-ID. Each stream gets between nine
	// tenths and all of it, so that those that came together do not come back
	// together.
	Lifetime time.Duration

	// PendingPerStream is how many bytes may wait for one client, because its socket
	// is full; its stream is closed as [Evicted] beyond that. Options.Window bounds
	// them already, to about 64 KiB where events are small and to the first 32 events
	// where they are not; this bounds them in bytes. Make it several times the
	// largest event, or that event closes streams of clients that do read.
	PendingPerStream int64

	// PendingSoft is how many bytes may wait for all clients together before those
	// for whom any wait are asked for nothing more, until they have caught up or less
	// waits ([Stats].Withheld counts). Clients that keep up are not concerned.
	PendingSoft int64

	// PendingHard is how many bytes may wait for all clients together. Beyond that
	// the slowest are closed as [Evicted], until a sixteenth less than it waits: by
	// the bytes that wait for them times how long they have taken none. It must not be less
	// than PendingSoft. Both count bytes on their way to sockets, so what is shared by
	// many clients is counted for each; nothing is counted that the kernel has taken.
	PendingHard int64
}

func (l *Limits) validate() error {
	for _, f := range []struct {
		name string
		n    int
	}{{"Streams", l.Streams}, {"PerAddress", l.PerAddress}, {"PerKey", l.PerKey}, {"Burst", l.Burst}} {
		if f.n < 0 {
			return fmt.Errorf("%w: Limits.%s is %d; it must not be negative (0 limits nothing)", ErrInvalidOptions, f.name, f.n)
		}
	}
	if err := l.pendingError(); err != nil {
		return err
	}
	if l.Rate < 0 || math.IsNaN(l.Rate) || math.IsInf(l.Rate, 0) {
		return fmt.Errorf("%w: Limits.Rate is %v; it must be a number of streams a second, or 0 for no limit", ErrInvalidOptions, l.Rate)
	}
	if (l.PerKey > 0) != (l.Key != nil) {
		return fmt.Errorf("%w: Limits.PerKey is %d and Limits.Key is set: %t; they need each other", ErrInvalidOptions, l.PerKey, l.Key != nil)
	}
	return notNegative("Limits.Lifetime", l.Lifetime, "0 lets streams live as long as their clients")
}

func (l *Limits) pendingError() error {
	for _, f := range []struct {
		name string
		n    int64
	}{{"PendingPerStream", l.PendingPerStream}, {"PendingSoft", l.PendingSoft}, {"PendingHard", l.PendingHard}} {
		if f.n < 0 {
			return fmt.Errorf("%w: Limits.%s is %d; it must be a number of bytes, or 0 for no limit", ErrInvalidOptions, f.name, f.n)
		}
	}
	if l.PendingHard > 0 && l.PendingSoft > l.PendingHard {
		return fmt.Errorf("%w: Limits.PendingSoft is %d and PendingHard %d; demand must stop before streams are closed", ErrInvalidOptions, l.PendingSoft, l.PendingHard)
	}
	return nil
}

// limits counts who has what.
//
// INVARIANTS (mu guards everything below it; nothing is called while it is held)
//   - streams is the number of connections between take and give; live of a party
//     that of its own.
//   - A party is in parties while it has streams, or until its tokens are full
//     again; sweep takes those out, when there are twice as many as at the last
//     sweep.
type limits struct {
	Limits

	mu      sync.Mutex
	streams int
	parties map[partyName]*party
	sweepAt int
}

// partyName is an address, or with an invalid one a key.
type partyName struct {
	address netip.Addr
	key     string
}

type party struct {
	name   partyName
	live   int
	tokens float64 // streams it may open, at the time at
	at     time.Time
}

// ticket says for whom a stream is to be opened.
type ticket struct {
	address netip.Addr
	key     string
}

// seats are what a stream occupies, to be given back.
type seats struct{ address, key *party }

// counts tells whether streams occupy seats.
func (l *limits) counts() bool { return l.PerAddress > 0 || l.Rate > 0 || l.PerKey > 0 }

const fewParties = 1024

// ticket asks for the key, which runs user code.
func (l *limits) ticket(r *Request) (ticket, error) {
	var t ticket
	if l.PerAddress > 0 || l.Rate > 0 {
		t.address = l.client(r)
	}
	if l.Key != nil {
		t.key = l.Key(r)
	}
	return t, nil
}

// client is the address that a request comes from, of IPv6 the first 64 bits.
func (l *limits) client(r *Request) netip.Addr {
	a := addressOf(r.remote)
	if l.trusts(a) {
		hops := strings.Split(r.Header("X-Forwarded-For"), ",")
		for _, hop := range slices.Backward(hops) {
			next, err := netip.ParseAddr(strings.TrimSpace(hop))
			if err != nil {
				break // what stands before it is nobody's word
			}
			if a = next.Unmap().WithZone(""); !l.trusts(a) {
				break
			}
		}
	}
	if a.Is6() {
		p, _ := a.Prefix(64) // fails for a wrong number of bits only
		return p.Addr()
	}
	return a
}

func (l *limits) trusts(a netip.Addr) bool {
	return slices.ContainsFunc(l.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(a) })
}

// addressOf is invalid for what has no address, a Unix socket say.
func addressOf(a net.Addr) netip.Addr {
	if tcp, ok := a.(*net.TCPAddr); ok {
		return tcp.AddrPort().Addr().Unmap().WithZone("")
	}
	p, _ := netip.ParseAddrPort(a.String())
	return p.Addr().Unmap().WithZone("")
}

// check tells early whether take would fail.
func (l *limits) check(t ticket) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := l.find(t)
	return err
}

// take occupies seats for a stream.
func (l *limits) take(t ticket) (seats, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s, err := l.find(t)
	if err != nil {
		return seats{}, err
	}
	l.streams++
	if s.address != nil {
		s.address.live++
		s.address.tokens--
	}
	if s.key != nil {
		s.key.live++
	}
	return s, nil
}

// give takes seats back.
func (l *limits) give(s seats) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.streams--
	for _, p := range []*party{s.address, s.key} {
		if p == nil {
			continue
		}
		if p.live--; p.live == 0 && (p.name.key != "" || l.Rate == 0) {
			delete(l.parties, p.name)
		}
	}
}

// find gives the parties of a ticket, or the limit that is in the way; mu is held.
func (l *limits) find(t ticket) (s seats, err error) {
	if l.Streams > 0 && l.streams >= l.Streams {
		return s, refuseFor(RefusedFull, http.StatusServiceUnavailable, "there are as many streams as this server takes", usualWait)
	}
	now := time.Now()
	if t.address.IsValid() {
		s.address = l.party(partyName{address: t.address}, now)
		if l.PerAddress > 0 && s.address.live >= l.PerAddress {
			return s, refuseFor(RefusedAddress, http.StatusTooManyRequests, "too many streams from this address", usualWait)
		}
		if l.Rate > 0 && s.address.tokens < 1 {
			wait := time.Duration((1 - s.address.tokens) / l.Rate * float64(time.Second))
			return s, refuseFor(RefusedRate, http.StatusTooManyRequests, "too many new streams from this address", wait)
		}
	}
	if t.key != "" {
		s.key = l.party(partyName{key: t.key}, now)
		if s.key.live >= l.PerKey {
			return s, refuseFor(RefusedKey, http.StatusTooManyRequests, "too many streams of this user", usualWait)
		}
	}
	return s, nil
}

// usualWait is what a client is told that has to wait for others to leave.
const usualWait = 5 * time.Second

// party gives the one of a name with its tokens of now.
func (l *limits) party(name partyName, now time.Time) *party {
	p := l.parties[name]
	if p == nil {
		l.sweep(now)
		p = &party{name: name, tokens: l.burst(), at: now}
		l.parties[name] = p
		return p
	}
	l.refill(p, now)
	return p
}

func (l *limits) refill(p *party, now time.Time) {
	p.tokens = min(p.tokens+now.Sub(p.at).Seconds()*l.Rate, l.burst())
	p.at = now
}

func (l *limits) burst() float64 {
	if l.Burst > 0 {
		return float64(l.Burst)
	}
	return max(math.Ceil(l.Rate), 1)
}

// sweep forgets parties that would be made anew just as they are.
func (l *limits) sweep(now time.Time) {
	if l.parties == nil {
		l.parties = map[partyName]*party{}
	}
	if len(l.parties) < max(l.sweepAt, fewParties) {
		return
	}
	for name, p := range l.parties {
		if l.refill(p, now); p.live == 0 && p.tokens >= l.burst() {
			delete(l.parties, name)
		}
	}
	l.sweepAt = 2 * len(l.parties)
}
