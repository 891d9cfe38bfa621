package main

import (
	"context"
	"fmt"
	"log"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
)

// Update is one step of a job, and the data of an event.
type Update struct {
	Job   int    `json:"job"`
	Name  string `json:"name"`
	Step  int    `json:"step"` // from 0, when the job starts, to Steps
	Steps int    `json:"steps"`
	State string `json:"state"` // running, done or interrupted
}

const (
	running     = "running"
	done        = "done"
	interrupted = "interrupted"

	steps   = 100
	atATime = 8
)

var names = []string{"Import orders", "Resize photos", "Build the index", "Send the newsletter", "Transcode a film", "Audit the accounts"}

// jobs runs jobs, each of which is a flux of updates that goes into the log.
type jobs struct {
	ctx     context.Context
	updates *sink.Log[Update]
	pace    time.Duration
	last    atomic.Int64 // the number of the last job; atomic, because requests come from many goroutines
	active  atomic.Int64 // how many run
}

// newJobs finishes what an earlier run left in the log: its jobs do not run any
// more.
func newJobs(ctx context.Context, updates *sink.Log[Update], pace time.Duration) *jobs {
	j := &jobs{ctx: ctx, updates: updates, pace: pace}
	open := map[int]Update{}
	updates.Flux().SubscribeFunc(ctx, func(e sink.Entry[Update]) {
		j.last.Store(max(j.last.Load(), int64(e.Value.Job)))
		open[e.Value.Job] = e.Value
	}, nil).Cancel() // what is kept has been read by now
	for _, u := range open {
		if u.State == running {
			u.State = interrupted
			j.append(u)
		}
	}
	return j
}

// start begins a job. It ends with its last step or with the program.
func (j *jobs) start() error {
	if j.active.Add(1) > atATime {
		j.active.Add(-1)
		return fmt.Errorf("%d jobs are running, which is the most", atATime)
	}
	job := int(j.last.Add(1))
	u := Update{Job: job, Name: names[job%len(names)], Steps: steps, State: running}
	j.append(u)
	pace := j.pace/2 + rand.N(j.pace)
	flux.Map(flux.Interval(pace).Take(steps), func(n int64) Update {
		u.Step = int(n) + 1
		if u.Step == steps {
			u.State = done
		}
		return u
	}).
		DoFinally(func(flux.SignalType) { j.active.Add(-1) }).
		SubscribeFunc(j.ctx, j.append, nil)
	return nil
}

func (j *jobs) append(u Update) {
	if _, err := j.updates.Append(u); err != nil {
		log.Printf("job %d, step %d: %v", u.Job, u.Step, err)
	}
}
