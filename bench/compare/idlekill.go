package main

import (
	"context"
	"strconv"
	"time"

	"github.com/freshet-go/freshet/bench/internal/load"
	"github.com/freshet-go/freshet/bench/internal/machine"
	"github.com/freshet-go/freshet/bench/internal/program"
)

const (
	settledPerConn = "RSS after GC KiB/conn"
	goroutines     = "goroutines/conn"
	noticed        = "noticed"
	noticedIn      = "last noticed after ms"
)

var idleKillColumns = []column{
	{rssPerConn, 2, less}, {settledPerConn, 2, less}, {goroutines, 2, less}, {headsIn, 0, less}, {noticed, 0, more}, {noticedIn, 1, less},
}

// idleBeforeKill is longer than the up to 20 s for which fasthttp keeps an idle
// worker goroutine, so that goroutines a connection can be counted; idleAfterKill
// is how long a server has to notice.
const (
	idleBeforeKill = 22 * time.Second
	idleAfterKill  = 3 * time.Second
)

func itoa(n int) string { return strconv.Itoa(n) }

// measureIdleKill connects clients, sends nothing, takes the memory as it is and
// after a forced collection, then closes a fifth of the clients at once and looks
// how long the server takes to run the last one's cleanup.
func measureIdleKill(ctx context.Context, b bench, kind string) (row, error) {
	s, err := b.start(ctx, kind, 0, 0)
	if err != nil {
		return row{}, err
	}
	defer s.Stop()
	before, err := s.Stats(ctx)
	if err != nil {
		return row{}, err
	}
	watched := make(chan idle, 1) // the watcher must not wait for us when the load fails
	watch, stop := context.WithCancel(ctx)
	defer stop()
	go func() { watched <- b.watchIdle(watch, s) }() // ends with the load
	killed := max(1, b.Conns/5)
	result, err := b.load(ctx, s, "-warmup", "0s", "-kill", itoa(killed),
		"-kill-after", idleBeforeKill.String(), "-duration", (idleBeforeKill + idleAfterKill).String())
	stop()
	seen := <-watched
	if err != nil {
		return row{}, err
	}
	conns := float64(b.Conns)
	values := map[string]float64{
		rssPerConn: result.Server.IdleRSSPerConn,
		headsIn:    ms(result.HeadsIn),
		noticed:    float64(min(seen.left, int64(killed))),
	}
	if seen.settledKiB > 0 {
		values[settledPerConn] = float64(seen.settledKiB-result.Server.RSSBefore) / conns
		if !s.External() {
			values[goroutines] = float64(seen.goroutines-before.Goroutines) / conns
		}
	}
	if seen.left > 0 && result.Kill != nil {
		values[noticedIn] = float64(seen.lastLeftNS-result.Kill.BeganNS) / 1e6
	}
	return row{Runs: []load.Result{result}, Values: values}, nil
}

// resident gives the memory of all processes; 0 if one has ended.
func resident(pids []int) (sum int64) {
	for _, pid := range pids {
		kib, err := machine.ResidentKiB(pid)
		if err != nil {
			return 0
		}
		sum += kib
	}
	return sum
}

// idle is what is seen of a server while its clients are idle.
type idle struct {
	goroutines int64
	settledKiB int64
	left       int64
	lastLeftNS int64
}

// watchIdle looks at the server until ctx is done: shortly before the kill it has
// it collect and takes memory and goroutines, after it the last one that left. It
// stops looking before the load ends, since then everyone leaves.
func (b bench) watchIdle(ctx context.Context, s *program.Server) (seen idle) {
	var since time.Time // when all had joined
	looks := time.NewTicker(100 * time.Millisecond)
	defer looks.Stop()
	for {
		select {
		case <-ctx.Done():
			return seen
		case <-looks.C:
		}
		st, err := s.Stats(ctx)
		if err != nil {
			continue // it may be busy accepting; the next look counts
		}
		if since.IsZero() && st.Joined >= int64(b.Conns) {
			since = time.Now()
		}
		if since.IsZero() {
			continue
		}
		switch age := time.Since(since); {
		case age > idleBeforeKill-time.Second && seen.settledKiB == 0:
			if _, err := s.Get(ctx, "/gc"); err == nil {
				seen.goroutines = st.Goroutines
				seen.settledKiB = resident(s.PIDs)
			}
		case age > idleBeforeKill+idleAfterKill-500*time.Millisecond:
			return seen
		default:
			seen.left, seen.lastLeftNS = st.Left, st.LastLeftNS
		}
	}
}
