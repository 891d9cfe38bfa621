package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/freshet-go/freshet/bench/internal/load"
)

// settle is how long the clients read before the first event and after the last.
const settle = 2 * time.Second

// sourcesPerClient keeps the client processes' source addresses apart; each has room
// for 28,000 connections.
const sourcesPerClient = 8

// client is a client process: it connects, says so, waits to be told to begin, and
// prints its result.
func client(ctx context.Context, opt options) error {
	result, err := load.Run(ctx, load.Options{
		URLs: []string{"http://" + opt.addr + "/events"}, Conns: opt.Conns, Workers: 1, ConnectTimeout: opt.Connect,
		Duration: opt.Duration + 2*settle, FirstSource: opt.index * sourcesPerClient, ByEvent: true, Begin: begin,
	})
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(result)
}

// begin says how many are connected and waits for a line.
func begin(ctx context.Context, heads int64) {
	fmt.Println("connected", heads)
	told := make(chan struct{})
	go func() { // ends with the line, or with the process
		defer close(told)
		_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
	}()
	select {
	case <-told:
	case <-ctx.Done():
	}
}
