package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/bench/internal/load"
)

// TestMain lets the test's own program be started in a role, as the command starts
// itself.
func TestMain(m *testing.M) {
	for i, arg := range os.Args {
		if arg == "-role" {
			if err := run(context.Background(), os.Args[i:]); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			os.Exit(0)
		}
	}
	os.Exit(m.Run())
}

func TestEveryClientOfEveryServerGetsEveryEvent(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the load generator needs Linux")
	}
	dir := t.TempDir()
	require.NoError(t, run(t.Context(), []string{"-conns", "60", "-servers", "3", "-clients", "2", "-duration", "1s", "-every", "100ms", "-out", dir}))
	files, err := filepath.Glob(filepath.Join(dir, "scale-60-*.json"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	b, err := os.ReadFile(files[0])
	require.NoError(t, err)
	var r report
	require.NoError(t, json.Unmarshal(b, &r))
	assert.Equal(t, int64(60), r.Connected)
	assert.Equal(t, int64(10), r.Published)
	assert.Equal(t, int64(600), r.Result.Events)
	assert.Zero(t, r.Lost)
	require.Len(t, r.Result.ByEvent, 10)
	assert.Equal(t, int64(60), r.Result.ByEvent[9].Count)
	require.Len(t, r.Processes, 5)
	live := int64(0)
	for _, p := range r.Processes[:3] {
		require.NotNil(t, p.Server)
		assert.Equal(t, int64(10), p.Server.FromBus, "every server hears every event")
		assert.Positive(t, p.EndKiB)
		live += p.Server.Live
	}
	assert.Equal(t, int64(60), live)
	assert.NotEmpty(t, r.Samples)
}

// kept is a report of a run in which nothing was lost.
func kept() *report {
	return &report{
		Options: options{Conns: 10, Servers: 2, Clients: 1, Every: 1e9}, Connected: 10, Published: 2,
		Phases:  []phase{{phaseConnecting, sample{}}, {phaseIdle, sample{AtMS: 10}}, {phasePublishing, sample{AtMS: 20}}, {phaseOver, sample{AtMS: 2020}}},
		Result:  load.Result{Heads: 10, Open: 10, Events: 20, ByEvent: []load.EventTally{{ID: 1, Count: 10, Last: 5}, {ID: 2, Count: 10, Last: 7}}},
		Samples: []sample{{}, {AtMS: 500}}, Processes: []processUse{{Role: roleServer, Server: &nodeStats{}}, {Role: roleClient}},
	}
}

func TestADeliveryThatIsMissingFailsTheRun(t *testing.T) {
	require.NoError(t, kept().verdict())
	for want, change := range map[string]func(*report){
		"1 deliveries are missing":          func(r *report) { r.Result.ByEvent[1].Count = 9 },
		"10 deliveries are missing":         func(r *report) { r.Result.ByEvent = r.Result.ByEvent[:1] },
		"1 connections were lost":           func(r *report) { r.Result.Open = 9 },
		"2 of 10 connections were not made": func(r *report) { r.Connected = 8 },
		"1 gaps and 0 duplicates":           func(r *report) { r.Result.Gaps = 1 },
	} {
		r := kept()
		change(r)
		r.Lost = r.lost()
		assert.ErrorContains(t, r.verdict(), want)
	}
}

func TestThereAreAsManyProcessesAsTheLimitOfFilesAsksFor(t *testing.T) {
	got, err := options{Conns: 100_000}.plan(20_000)
	require.NoError(t, err)
	assert.Equal(t, 6, got.Servers)
	assert.Equal(t, 6, got.Clients)
	got, err = options{Conns: 100_000}.plan(1_048_576)
	require.NoError(t, err)
	assert.Equal(t, 2, got.Servers)
	assert.Equal(t, 1, got.Clients)
	_, err = options{Conns: 1_000_000}.plan(4096)
	assert.ErrorContains(t, err, "there may be 64 each")
	_, err = options{Conns: 10}.plan(1024)
	assert.ErrorContains(t, err, "1024 open files")
}

func TestFlagsOutOfBoundsAreNamed(t *testing.T) {
	for want, args := range map[string][]string{
		"conns 0":         {"-conns", "0"},
		"duration 1ms":    {"-duration", "1ms"},
		"every 1h0m0s":    {"-every", "1h"},
		"65 servers":      {"-servers", "65"},
		`role "x"`:        {"-role", "x"},
		`argument "more"`: {"more"},
	} {
		_, err := parse(args)
		assert.ErrorContains(t, err, want)
	}
}

func TestPageOfARunHasItsPlotsAndTables(t *testing.T) {
	r := kept()
	r.Resources = r.resources()
	var b bytes.Buffer
	require.NoError(t, r.page().Write(&b))
	for _, part := range []string{"Until the first and the last client had it", "Open connections", "Memory", "Processors", "open files of one process", "server 1", "the nearest to its end"} {
		assert.Contains(t, b.String(), part)
	}
	assert.NotContains(t, b.String(), "NaN")
	assert.Contains(t, r.text(), "2 published, 20 delivered, 0 lost")
}

func TestBigNumbersAreGrouped(t *testing.T) {
	assert.Equal(t, "1,000,007", grouped(1_000_007))
	assert.Equal(t, "999", grouped(999))
}
