package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/freshet-go/freshet/bench/internal/load"
	"github.com/freshet-go/freshet/bench/internal/program"
)

// bench holds what every measurement needs: the options and the two programs.
type bench struct {
	options
	programs program.Programs
}

// start waits for a quiet machine, if it is to, and runs a server that broadcasts
// from when await clients have come. The caller stops it.
func (b bench) start(ctx context.Context, kind string, rate float64, await int) (*program.Server, error) {
	awaitQuiet(ctx, b.Patience)
	return b.programs.Start(ctx, "-kind", kind, "-rate", strconv.FormatFloat(rate, 'f', -1, 64), "-await", strconv.Itoa(await))
}

// load runs sseload against the server and waits for its result.
func (b bench) load(ctx context.Context, s *program.Server, args ...string) (result load.Result, err error) {
	all := []string{}
	for _, pid := range s.PIDs {
		all = append(all, "-pid", strconv.Itoa(pid))
	}
	all = append(all, "-url", "http://"+s.Addr+"/events", "-conns", strconv.Itoa(b.Conns), "-json", "-")
	all = append(all, args...)
	cmd := exec.CommandContext(ctx, b.programs.Sseload, all...)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return result, errors.Join(err, errors.New(lastLines(complaint.String(), 5)))
	}
	err = json.Unmarshal(out, &result)
	result.Histograms = nil // they are for joining results, and long
	return result, err
}

func lastLines(s string, n int) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// leaveOut takes the kinds out that cannot run on this machine, says so, and gives a
// line for each, since a rival that is absent must not look like one that was beaten.
func (b *bench) leaveOut(ctx context.Context) (absent []string, err error) {
	missing, err := b.programs.Missing(ctx)
	if err != nil {
		return nil, err
	}
	var there []string
	for _, kind := range b.Kinds {
		why, isMissing := missing[kind]
		if !isMissing {
			there = append(there, kind)
			continue
		}
		absent = append(absent, kind+": "+why)
		fmt.Fprintf(os.Stderr, "\n*** %s IS LEFT OUT: %s ***\n\n", kind, why)
	}
	b.Kinds = there
	if len(there) == 0 {
		return absent, errors.New("none of the servers can run here")
	}
	return absent, nil
}
