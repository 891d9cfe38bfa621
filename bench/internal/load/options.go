package load

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"time"
)

// The bounds of one run. They keep a typing error from filling the machine.
const (
	MaxConns    = 200_000
	MaxDuration = 2 * time.Hour
	MaxByEvent  = 100_000
	maxWorkers  = 64
	maxRate     = 1_000_000
	// perSource is how many connections share one source address when Sources is
	// zero: well under the 28,232 ports that Linux hands out by default.
	perSource = 10_000
)

// Options say what to open and for how long. URLs, Conns and Duration are
// required; the zero value of every other field is a useful default.
type Options struct {
	URLs     []string      // http://127.x.y.z:port/path, or https, or localhost; connections take them in turn; {n} is the number of the connection
	Conns    int           // connections that read, at most MaxConns
	Duration time.Duration // length of the measured window, at most MaxDuration

	Warmup         time.Duration // between the last response head and the window
	ConnectTimeout time.Duration // for all connections together; 0 is 30s
	Rate           int           // new connections a second; 0 is as fast as they are accepted
	Workers        int           // epoll loops; 0 is one for each two CPUs, at least one
	Sources        int           // source addresses; 0 is one for each 10,000 connections
	FirstSource    int           // index of the first of them, so that several processes take different ones

	Header      http.Header // of the requests; may replace the defaults of Accept and Cache-Control, and Host
	Insecure    bool        // any certificate will do, one that the server signed itself for instance
	LastEventID string      // sent as Last-Event-ID; "" is none

	TimeField string        // JSON member with the timestamp: "t" wherever it stands, ".meta.t" exactly there; "" is "t"
	TimeUnit  time.Duration // its unit; 0 is a nanosecond
	PIDs      []int         // processes of the server, whose CPU and memory together are sampled; empty is none

	Slow      int           // further connections that never read
	SlowStay  time.Duration // after which those leave and come back; 0: they stay
	Kill      int           // of Conns, how many to close at once
	KillAfter time.Duration // when, counted from the start of the window
	Storm     bool          // those killed come back at once
	Churn     float64       // connections a second, in the window, that are closed and opened again
	Reset     bool          // kill and churn reset connections instead of closing them
	Reconnect time.Duration // how long after the server closed a connection it is opened again; 0: never
	Resume    bool          // who comes back says its last id, and what it then missed counts as a gap

	// Begin, if set, is called when every connection has its response head and the
	// warm-up has passed; the window begins when it returns. So several processes can
	// begin together. It runs on a goroutine of its own and must return when its
	// context is done.
	Begin   func(ctx context.Context, heads int64)
	ByEvent bool // keep for each event how many connections it reached, and when the last; at most MaxByEvent

	Progress io.Writer // gets a progress line; nil is none
}

// withDefaults gives o with every default filled in, or an error that names the
// value and the rule it breaks.
func (o Options) withDefaults() (Options, error) {
	if o.ConnectTimeout == 0 {
		o.ConnectTimeout = 30 * time.Second
	}
	if o.Workers == 0 {
		o.Workers = max(1, runtime.NumCPU()/2)
	}
	if o.Sources == 0 {
		o.Sources = max(1, (o.Conns+o.Slow+perSource-1)/perSource)
	}
	if o.TimeField == "" {
		o.TimeField = "t"
	}
	if o.TimeUnit == 0 {
		o.TimeUnit = time.Nanosecond
	}
	return o, o.check()
}

func (o Options) check() error {
	switch {
	case o.Conns < 1 || o.Conns > MaxConns:
		return fmt.Errorf("conns %d: must be from 1 to %d", o.Conns, MaxConns)
	case o.Duration <= 0 || o.Duration > MaxDuration:
		return fmt.Errorf("duration %v: must be more than 0 and at most %v", o.Duration, MaxDuration)
	case o.Warmup < 0 || o.Warmup > MaxDuration:
		return fmt.Errorf("warmup %v: must be from 0 to %v", o.Warmup, MaxDuration)
	case o.ConnectTimeout < 0 || o.ConnectTimeout > MaxDuration:
		return fmt.Errorf("connect timeout %v: must be from 0 to %v", o.ConnectTimeout, MaxDuration)
	case o.Rate < 0 || o.Rate > maxRate:
		return fmt.Errorf("rate %d: must be from 0 to %d connections a second", o.Rate, maxRate)
	case o.Workers < 1 || o.Workers > maxWorkers:
		return fmt.Errorf("workers %d: must be from 1 to %d", o.Workers, maxWorkers)
	case o.Sources < 1 || o.Sources > maxSources:
		return fmt.Errorf("sources %d: must be from 1 to %d", o.Sources, maxSources)
	case o.FirstSource < 0 || o.FirstSource+o.Sources > maxSources:
		return fmt.Errorf("first source %d: must be from 0 to %d", o.FirstSource, maxSources-o.Sources)
	case o.TimeUnit < 0 || o.TimeUnit > time.Second:
		return fmt.Errorf("time unit %v: must be from 1ns to 1s", o.TimeUnit)
	case slices.ContainsFunc(o.PIDs, func(pid int) bool { return pid < 1 }):
		return fmt.Errorf("pid %v: must be positive", o.PIDs)
	case o.Slow < 0 || o.Conns+o.Slow > MaxConns:
		return fmt.Errorf("slow %d: must not be negative, and at most %d together with conns", o.Slow, MaxConns)
	case o.Kill < 0 || o.Kill > o.Conns:
		return fmt.Errorf("kill %d: must be from 0 to the number of conns, %d", o.Kill, o.Conns)
	case !(o.Churn >= 0 && o.Churn <= maxRate):
		return fmt.Errorf("churn %v: must be from 0 to %d connections a second", o.Churn, maxRate)
	case o.SlowStay < 0 || o.SlowStay > MaxDuration:
		return fmt.Errorf("slow stay %v: must be from 0 to %v", o.SlowStay, MaxDuration)
	case o.Reconnect < 0 || o.Reconnect > MaxDuration:
		return fmt.Errorf("reconnect %v: must be from 0 to %v", o.Reconnect, MaxDuration)
	case o.KillAfter < 0 || o.KillAfter >= o.Duration && o.Kill > 0:
		return fmt.Errorf("kill after %v: must be from 0 to less than the duration, %v", o.KillAfter, o.Duration)
	}
	return nil
}
