package main

import (
	"runtime"
	"slices"
)

// Limit is a figure of the samples that is worth an alert from Value on. Label
// is how a person calls it, Name the chart that shows it.
type Limit struct {
	Name  string               `json:"name"`
	Label string               `json:"label"`
	Value float64              `json:"value"`
	of    func(Sample) float64 // the figure, in the unit of Value
}

// limits are in percent, in tasks and in seconds.
var limits = []Limit{
	{"cpu", "Processor", 80, func(s Sample) float64 { return s.CPU.Total }},
	{"memory", "Memory", 90, func(s Sample) float64 { return percent(s.Memory.Used, s.Memory.Total) }},
	{"load", "Load average", float64(2 * runtime.NumCPU()), oneMinute},
	{"pauses", "Pause of the garbage collector", 0.010, func(s Sample) float64 { return s.Go.GCPauseMax }},
}

func oneMinute(s Sample) float64 {
	if len(s.CPU.Load) == 0 {
		return 0
	}
	return s.CPU.Load[0]
}

// Alert is the data of an alert event: where a figure stands to its limit since
// At, in milliseconds of Unix time.
type Alert struct {
	At     int64   `json:"at"`
	Name   string  `json:"name"`
	Label  string  `json:"label"`
	Value  float64 `json:"value"`
	Limit  float64 `json:"limit"`
	Raised bool    `json:"raised"`
}

// read compares a sample with the limit.
func (l Limit) read(s Sample) Alert {
	v := l.of(s)
	return Alert{At: s.At.UnixMilli(), Name: l.Name, Label: l.Label, Value: v, Limit: l.Value, Raised: v >= l.Value}
}

// then gives the alert that follows a: one that was raised stays so until its
// figure has fallen a tenth below the limit, or a figure that hovers about the
// limit would raise an alert a second.
func (a Alert) then(next Alert) Alert {
	next.Raised = next.Raised || a.Raised && next.Value > 0.9*next.Limit
	return next
}

// note gives the alerts that are raised once a has come, the oldest first; raised
// are those before it, and are not changed.
func note(raised []Alert, a Alert) []Alert {
	next := slices.DeleteFunc(slices.Clone(raised), func(old Alert) bool { return old.Name == a.Name })
	if a.Raised {
		next = append(next, a)
	}
	return next
}
