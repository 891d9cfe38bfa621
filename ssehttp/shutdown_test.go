package ssehttp

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
)

func within(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

func TestShutdownSaysGoodbyeClosesAndCancels(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		h := newHand()
		s := tr.serve(t, Options{RetryAfter: time.Second}, h.handler)
		c := s.get("/").open()
		h.subscribed(t)
		h.sub.OnNext(data("1"))
		require.NoError(t, s.Shutdown(within(t, patient)))
		select {
		case <-h.gone:
		default:
			assert.Fail(t, "Shutdown did not wait for the cancellation")
		}
		h.sub.OnNext(data("too late"))
		all := c.rest()
		assert.Regexp(t, `^data: 1\n\nevent: shutdown\nretry: [12]\d{3}\ndata: the server is going away\n\n$`, all)
		assert.EqualValues(t, 1, s.Stats().Closed(ShutDown))

		status, header := s.get("/").head()
		assert.Equal(t, "HTTP/1.1 503 Service Unavailable", status)
		assert.Equal(t, "1", header["Retry-After"])
		require.NoError(t, s.Shutdown(within(t, patient)), "once more")
	})
}

func TestTheLastEventCanBeChosen(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		s := tr.serve(t, Options{LastEvent: Event{Name: "bye", Data: "soon"}}, of(flux.Never[Event]()))
		c := s.get("/").open()
		require.NoError(t, s.Shutdown(within(t, patient)))
		assert.Equal(t, "event: bye\ndata: soon\n\n", c.rest())
	})
}

func TestClientsAreToldToComeBackAtDifferentTimes(t *testing.T) {
	s := transports[0].serve(t, Options{}, of(flux.Never[Event]()))
	var clients []*client
	for range 16 {
		clients = append(clients, s.get("/").open())
	}
	require.NoError(t, s.Shutdown(within(t, patient)))
	seen := map[string]bool{}
	for _, c := range clients {
		_, rest, _ := strings.Cut(c.rest(), "retry: ")
		retry, _, _ := strings.Cut(rest, "\n")
		seen[retry] = true
	}
	assert.Greater(t, len(seen), 4)
}

func TestShutdownEndsInTimeWhateverClientsAndPublishersDo(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		release := make(chan struct{})
		defer close(release)
		h := newHand()
		h.onCancel = func() { <-release }
		s := tr.serve(t, Options{}, func(r *Request) (flux.Publisher[Event], error) {
			if r.Path() == "/stuck" {
				return flux.Map(flux.Range(1, 1<<30), func(int) Event { return data(strings.Repeat("x", 1000)) }), nil
			}
			return h, nil
		})
		stuck := s.get("/stuck")
		shrink(t, stuck, 4<<10)
		s.get("/").open()
		h.subscribed(t)
		s.eventually("the stuck client's kernel is full", func() bool { return s.Stats().Stalls > 0 && s.Stats().Pending > 0 })
		begin := time.Now()
		cause := errors.New("enough")
		ctx, cancel := context.WithTimeoutCause(context.Background(), 100*time.Millisecond, cause)
		defer cancel()
		require.ErrorIs(t, s.Shutdown(ctx), cause)
		assert.Less(t, time.Since(begin), patient/2)
		s.eventually("all are closed", func() bool { return s.Stats().Live == 0 })
	})
}

func TestShutdownRacesWithNewStreamsAndLosesNone(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		s := tr.serve(t, Options{}, of(flux.Never[Event]()))
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 20 {
					c := s.get("/")
					status, _ := c.head()
					c.ended()
					assert.Contains(t, []string{"HTTP/1.1 200 OK", "HTTP/1.1 503 Service Unavailable"}, status)
					if strings.Contains(status, "503") {
						return
					}
				}
			})
		}
		s.eventually("some are open", func() bool { return s.Stats().Live >= 4 })
		require.NoError(t, s.Shutdown(within(t, patient)))
		wg.Wait()
	})
}

// The last frame of a stream may be written, and the stream be over, before whoever
// sends it away has cancelled its publisher.
func TestAStreamThatIsOverWhileItIsSentAwayIsCountedOutOnce(t *testing.T) {
	overTransports(t, func(t *testing.T, tr transport) {
		if !tr.goroutines && !tr.tls {
			t.Skip("a shard writes the last frame and cancels in one turn")
		}
		for i := range 40 {
			t.Run(strconv.Itoa(i), func(t *testing.T) { // the books are looked at after each
				s := tr.serve(t, Options{}, never)
				for range 8 {
					s.get("/").open()
				}
				require.NoError(t, s.Shutdown(context.Background()))
			})
		}
	})
}
