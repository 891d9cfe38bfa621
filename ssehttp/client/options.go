package client

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/freshet-go/freshet/ssehttp"
)

// Options say how streams are read. The zero value is useful: a field that is zero
// stands for the default named in its comment.
type Options struct {
	// HTTP sends the requests. http.DefaultClient. Its Timeout would end a stream
	// however lively it is; bound the head of an answer with the Transport's
	// ResponseHeaderTimeout, and its silence with Silence.
	HTTP *http.Client

	// Header is added to the requests of [Events]. None.
	Header http.Header

	// LastEventID is the event after which the stream of [Events] is to begin, as
	// far as the server knows it. None: where the server likes.
	LastEventID string

	// Retry is how long [Events] waits before it asks again, until the server names
	// a time of its own. Each attempt that brings no event doubles it, up to
	// MaxRetry, and up to half as much again is added by chance, so that the clients
	// of a server that was restarted do not come back as one. Never more than a day,
	// whatever the server asks for. 3 s.
	Retry time.Duration

	// MaxRetry bounds the doubling. One minute, or the server's time if that is
	// longer.
	MaxRetry time.Duration

	// Attempts is how often in a row [Events] asks again without getting an event,
	// before the failure becomes the error of the stream. Forever.
	Attempts int

	// Silence is how long a server may send nothing, not even a heartbeat, while
	// there is demand; then the connection counts as broken ([ErrSilent]). Forever.
	Silence time.Duration

	// MaxEvent is the most bytes that one event may have. 1 MiB.
	MaxEvent int

	// OnOpen is called when a server has answered with an event stream, OnLost when
	// it is lost or could not be had: again is the time until the next attempt. By
	// the goroutine that reads.
	OnOpen func()
	OnLost func(err error, again time.Duration)
}

// settled returns o with its defaults, or an error that wraps [ErrInvalidOptions].
func (o Options) settled() (Options, error) {
	for _, f := range []struct {
		name string
		n    int64
	}{
		{"Retry", int64(o.Retry)}, {"MaxRetry", int64(o.MaxRetry)}, {"Attempts", int64(o.Attempts)},
		{"Silence", int64(o.Silence)}, {"MaxEvent", int64(o.MaxEvent)},
	} {
		if f.n < 0 {
			return o, fmt.Errorf("%w: %s is %d; it must not be negative", ErrInvalidOptions, f.name, f.n)
		}
	}
	if !headerSafe(o.LastEventID) {
		return o, fmt.Errorf("%w: LastEventID is %q; it must not have control characters", ErrInvalidOptions, o.LastEventID)
	}
	o.HTTP = cmp.Or(o.HTTP, http.DefaultClient)
	o.Retry = cmp.Or(o.Retry, 3*time.Second)
	o.Silence = cmp.Or(o.Silence, ssehttp.Never)
	o.MaxRetry = cmp.Or(o.MaxRetry, time.Minute)
	o.MaxEvent = cmp.Or(o.MaxEvent, 1<<20)
	return o, nil
}

func checkURL(s string) error {
	u, err := url.Parse(s)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrInvalidOptions, err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("%w: url %q: it must be one of http or https, with a host", ErrInvalidOptions, s)
	}
	return nil
}

// headerSafe tells whether a header can carry an id.
func headerSafe(id string) bool {
	return !strings.ContainsFunc(id, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
}
