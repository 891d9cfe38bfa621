package ssehttp

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
)

func never(*Request) (flux.Publisher[Event], error) { return flux.Never[Event](), nil }

func TestStreamsBeyondALimitAreRefusedUntilOneLeaves(t *testing.T) {
	for name, test := range map[string]struct {
		limits Limits
		status string
		cause  Refusal
	}{
		"in total":    {Limits{Streams: 2}, "HTTP/1.1 503 Service Unavailable", RefusedFull},
		"per address": {Limits{PerAddress: 2, TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}, "HTTP/1.1 429 Too Many Requests", RefusedAddress},
		"per key":     {Limits{PerKey: 2, Key: func(r *Request) string { return r.Query("user") }}, "HTTP/1.1 429 Too Many Requests", RefusedKey},
	} {
		t.Run(name, func(t *testing.T) {
			overTransports(t, func(t *testing.T, tr transport) {
				if tr.network == "unix" && test.cause == RefusedAddress {
					t.Skip("a Unix socket has no address")
				}
				s := tr.serve(t, Options{Limits: test.limits}, never)
				ada := []string{"X-Forwarded-For: 192.0.2.1"}
				first := s.get("/?user=ada", ada...).open()
				s.get("/?user=ada", ada...).open()
				status, header := s.get("/?user=ada", ada...).head()
				assert.Equal(t, test.status, status)
				assert.Equal(t, "5", header["Retry-After"])
				assert.EqualValues(t, 1, s.Stats().RefusedFor(test.cause))
				assert.EqualValues(t, 1, s.Stats().Refused)
				if test.cause != RefusedFull {
					s.get("/?user=bob", "X-Forwarded-For: 192.0.2.2").open()
				}
				require.NoError(t, first.Close())
				s.eventually("the place is free again", func() bool {
					status, _ := s.get("/?user=ada", ada...).head()
					return status == "HTTP/1.1 200 OK"
				})
			})
		})
	}
}

// anyRequest is an exchange of which the limits see the address and one header.
type anyRequest struct {
	exchange
	from, forwarded string
}

func (x anyRequest) header(name string) string {
	if name != "X-Forwarded-For" {
		panic(name)
	}
	return x.forwarded
}

func clientOf(l *limits, from, forwarded string) string {
	r := &Request{live: anyRequest{from: from, forwarded: forwarded}, remote: httpAddr(from)}
	if a, err := net.ResolveTCPAddr("tcp", from); err == nil {
		r.remote = a
	}
	return l.client(r).String()
}

func TestAClientsAddressComesFromTrustedProxiesOnly(t *testing.T) {
	l := &limits{Limits: Limits{TrustedProxies: []netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8:ffff::/48"),
	}}}
	for _, test := range []struct{ from, forwarded, want string }{
		{"192.0.2.1:80", "", "192.0.2.1"},
		{"192.0.2.1:80", "198.51.100.7", "192.0.2.1"}, // anybody can say so
		{"10.0.0.1:80", "198.51.100.7", "198.51.100.7"},
		{"10.0.0.1:80", "203.0.113.9, 198.51.100.7, 10.9.9.9", "198.51.100.7"},
		{"10.0.0.1:80", "203.0.113.9, nonsense", "10.0.0.1"},
		{"10.0.0.1:80", "", "10.0.0.1"},
		{"[2001:db8:1:2:3:4:5:6]:80", "", "2001:db8:1:2::"},
		{"[2001:db8:ffff::1]:80", "2001:db8:7:8:9::a", "2001:db8:7:8::"},
		{"[::ffff:192.0.2.1]:80", "", "192.0.2.1"},
		{"@", "", "invalid IP"},
	} {
		assert.Equal(t, test.want, clientOf(l, test.from, test.forwarded), "%+v", test)
	}
}

func TestTheRateOfNewStreamsIsLimitedPerAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &limits{Limits: Limits{Rate: 0.5, Burst: 3}}
		ada, bob := ticket{address: netip.MustParseAddr("192.0.2.1")}, ticket{address: netip.MustParseAddr("192.0.2.2")}
		open := func(who ticket) error {
			s, err := l.take(who)
			if err == nil {
				l.give(s)
			}
			return err
		}
		for range 3 {
			require.NoError(t, open(ada))
		}
		err := open(ada)
		require.Error(t, err)
		assert.Equal(t, "2", retryAfter(err))
		assert.NoError(t, open(bob))
		time.Sleep(2 * time.Second)
		assert.NoError(t, open(ada))
		assert.Error(t, open(ada))
		time.Sleep(time.Hour)
		for range 3 {
			assert.NoError(t, open(ada))
		}
		assert.Error(t, open(ada))
	})
}

func TestAddressesThatHaveGoneAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &limits{Limits: Limits{Rate: 1, PerAddress: 1}}
		address := func(i int) ticket {
			return ticket{address: netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})}
		}
		stays, err := l.take(address(1 << 20))
		require.NoError(t, err)
		for i := range 100 * fewParties {
			s, err := l.take(address(i))
			require.NoError(t, err)
			l.give(s)
			time.Sleep(10 * time.Millisecond)
		}
		assert.LessOrEqual(t, len(l.parties), 4*fewParties)
		assert.Error(t, l.check(address(1<<20)), "it is still there")
		l.give(stays)
		assert.Zero(t, l.streams)
	})
}

func TestAStreamEndsAtItsLifetimeAndNotAllAtOnce(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		s := tr.serve(t, Options{Heartbeat: time.Second, Limits: Limits{Lifetime: 50 * time.Millisecond}}, never)
		assert.Empty(t, s.get("/").open().rest())
		s.eventually("the close is counted", func() bool { return s.Stats().Closed(Expired) == 1 })
	})
	s := New(Options{Limits: Limits{Lifetime: time.Hour}})
	seen := map[time.Duration]bool{}
	for range 100 {
		left := time.Until(s.closeAt(&Request{}))
		assert.GreaterOrEqual(t, left, 54*time.Minute-time.Second)
		assert.LessOrEqual(t, left, time.Hour)
		seen[left.Truncate(time.Second)] = true
	}
	assert.Greater(t, len(seen), 30, "the ends are spread")
}

func TestAHandlerMayHaveAStreamClosedAtATime(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		h := newHand()
		s := tr.serve(t, Options{Heartbeat: time.Second}, func(r *Request) (flux.Publisher[Event], error) {
			r.CloseAt(time.Now().Add(time.Hour))
			r.CloseAt(time.Now().Add(30 * time.Millisecond))
			r.CloseAt(time.Now().Add(time.Minute))
			return h, nil
		})
		assert.Empty(t, s.get("/").open().rest())
		h.cancelled(t)
	})
}

func TestLimitsThatCannotWorkAreNamed(t *testing.T) {
	key := func(*Request) string { return "" }
	for want, l := range map[string]Limits{
		"Limits.Streams is -1; it must not be negative":           {Streams: -1},
		"Limits.PerAddress is -2":                                 {PerAddress: -2},
		"Limits.Burst is -3":                                      {Burst: -3},
		"Limits.Rate is -0.5; it must be a number of streams":     {Rate: -0.5},
		"Limits.Lifetime is -1s":                                  {Lifetime: -time.Second},
		"Limits.PerKey is 0 and Limits.Key is set: true; they ne": {Key: key},
		"Limits.PerKey is 1 and Limits.Key is set: false":         {PerKey: 1},
	} {
		err := Options{Limits: l}.Validate()
		assert.ErrorIs(t, err, ErrInvalidOptions)
		assert.ErrorContains(t, err, want)
	}
	for want, c := range map[string]CORS{
		`"*" must stand alone, and without Credentials`: {Origins: []string{"*"}, Credentials: true},
		`CORS.Origins has "example.com"; an origin is`:  {Origins: []string{"example.com"}},
		`has "https://a.b/c"`:                           {Origins: []string{"https://x.y", "https://a.b/c"}},
	} {
		assert.ErrorContains(t, Options{CORS: c}.Validate(), want)
	}
}

func TestTheAcceptHeaderMustAllowAnEventStream(t *testing.T) {
	for header, want := range map[string]bool{
		"":                                       true,
		"*/*":                                    true,
		"text/*":                                 true,
		"text/event-stream":                      true,
		"Text/Event-Stream; charset=utf-8":       true,
		"application/json":                       false,
		"application/json, text/plain":           false,
		"application/json, */*;q=0.1":            true,
		"text/event-stream;q=0, */*":             false,
		"text/event-stream;q=0.0":                false,
		"*/*;q=0, text/event-stream;level=1;q=1": true,
		"text/html,application/xhtml+xml,*/*":    true,
	} {
		assert.Equal(t, want, accepts(header), header)
	}
	overTransports(t, func(t *testing.T, tr transport) {
		s := tr.serve(t, Options{}, never)
		status, _ := s.get("/", "Accept: application/json").head()
		assert.Equal(t, "HTTP/1.1 406 Not Acceptable", status)
		assert.EqualValues(t, 1, s.Stats().RefusedFor(RefusedRequest))
		s.get("/", "Accept: text/event-stream").open()
	})
}

func TestPagesOfNamedOriginsMayReadAStream(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		s := tr.serve(t, Options{CORS: CORS{Origins: []string{"https://a.example", "https://b.example"}, Credentials: true}}, never)
		_, header := s.get("/", "Origin: https://b.example").head()
		assert.Equal(t, "https://b.example", header["Access-Control-Allow-Origin"])
		assert.Equal(t, "true", header["Access-Control-Allow-Credentials"])
		assert.Equal(t, "Origin", header["Vary"])
		_, header = s.get("/", "Origin: https://c.example").head()
		assert.NotContains(t, header, "Access-Control-Allow-Origin")
		c := s.dial()
		c.send("OPTIONS / HTTP/1.1\r\nHost: x\r\nOrigin: https://a.example\r\nAccess-Control-Request-Headers: last-event-id\r\n\r\n")
		status, header := c.head()
		assert.Equal(t, "HTTP/1.1 204 No Content", status)
		assert.Equal(t, "https://a.example", header["Access-Control-Allow-Origin"])
		assert.Contains(t, header["Access-Control-Allow-Headers"], "Last-Event-ID")
	})
	s := transports[0].serve(t, Options{CORS: CORS{Origins: []string{"*"}}}, never)
	_, header := s.get("/", "Origin: https://c.example").head()
	assert.Equal(t, "*", header["Access-Control-Allow-Origin"])
}

type user struct{ name string }

func TestAPipelineBeginsWithThePrincipal(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		s := tr.serve(t, Options{Heartbeat: time.Second, Authenticate: func(r *Request) (Identity, error) {
			switch r.Header("Authorization") {
			case "Bearer ada":
				return Identity{Principal: user{"ada"}}, nil
			case "Bearer short":
				return Identity{Principal: user{"short"}, Expires: time.Now().Add(30 * time.Millisecond)}, nil
			case "Bearer number":
				return Identity{Principal: 7}, nil
			case "":
				return Identity{}, nil
			}
			return Identity{}, Status(http.StatusUnauthorized, "who are you?")
		}}, func(r *Request) (flux.Publisher[Event], error) {
			return flux.FlatMap(Principal[user](r), func(u user) flux.Flux[Event] {
				return flux.Never[Event]().StartWith(data(u.name))
			}), nil
		})
		assert.Equal(t, "data: ada|", s.get("/", "Authorization: Bearer ada").open().event())
		assert.Equal(t, "data: short\n\n", s.get("/", "Authorization: Bearer short").open().rest())
		assert.Equal(t, "event: error|data: sign in first|", s.get("/").open().event())
		assert.Equal(t, "event: error|data: stream failed|", s.get("/", "Authorization: Bearer number").open().event())
		s.eventually("it is logged", func() bool {
			return assert.Contains(t, s.log.String(), "the principal of the request is a int and not a ssehttp.user")
		})
		status, _ := s.get("/", "Authorization: Bearer eve").head()
		assert.Equal(t, "HTTP/1.1 401 Unauthorized", status)
	})
}

func ExamplePrincipal() {
	srv := New(Options{Authenticate: func(r *Request) (Identity, error) {
		if r.Header("Authorization") == "" {
			return Identity{}, Status(http.StatusUnauthorized, "sign in first")
		}
		return Identity{Principal: user{"ada"}, Expires: time.Now().Add(time.Hour)}, nil
	}})
	handler := srv.HTTP(func(r *Request) (flux.Publisher[Event], error) {
		return flux.FlatMap(Principal[user](r), func(u user) flux.Flux[Event] {
			return flux.Just(Event{Name: "open", Data: u.name})
		}), nil
	})
	fmt.Println(handler != nil)
	// Output: true
}
