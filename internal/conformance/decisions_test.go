package conformance

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// decision is a difference from Reactor on purpose. It is a rule, never a list
// of cases: it must hold for cases nobody has seen yet.
type decision struct {
	ID     string
	Reason string
	// Applies tells whether the difference can show in a case. A case that
	// equals Reactor's trace all the same counts as passed.
	Applies func(c *Case) bool
	// Excuses tells whether the decision is the reason for the rows that differ;
	// nil excuses all.
	Excuses func(differing []line) bool
}

// decisions are all differences from Reactor on purpose.
func decisions() []decision {
	return []decision{
		{
			ID: "demand-is-kept",
			Reason: "sample and sampleFirst send values that were not requested, a defect of Reactor " +
				"(rule 1.1), or forget them at the end; the operators that give one value send it unrequested, if " +
				"their source sends it before they asked: ours keep a value until it is asked for",
			Applies: func(c *Case) bool {
				if c.uses(func(n node) bool { return n.op() == "sample" || n.op() == "sampleFirst" }) {
					return c.Excess || c.rationed() // what came without demand may be seen further down only
				}
				return c.Excess && c.uses(func(n node) bool { return slices.Contains(demanding, n.op()) })
			},
		},
		{
			ID: "nothing-after-the-terminal",
			Reason: "Reactor's direct sinks give a second subscriber a value after its terminal when the " +
				"first one ends the sink from inside OnNext (rule 1.7): ours never do",
			Applies: func(c *Case) bool { return c.directSink() && c.speaksAfterTerminal() },
		},
		{
			ID: "direct-sinks-keep-order",
			Reason: "an emission from inside OnNext joins the hand-off queue of a direct sink, so that every " +
				"subscriber sees the emissions in one order; Reactor delivers the inner one first to those " +
				"that come later in its array",
			Applies: func(c *Case) bool { return c.directSink() && c.emitsInsideOnNext() },
			Excuses: reordered,
		},
		{
			ID: "bounded-sinks-hold-exactly-n",
			Reason: "Reactor rounds the queue of multicast.onBackpressureBuffer(n) up to a power of two of at " +
				"least 8; ours holds n values",
			Applies: func(c *Case) bool { return c.sinkKind() == bufferedSink && c.roundedQueue() },
		},
		{
			ID: "auto-cancelled-sink-says-so",
			Reason: "after the last subscriber of an auto-cancelling sink has left, Reactor answers an emission " +
				"with OK and loses the value, and keeps an error for those that come later; ours answers " +
				"FailCancelled at once, and they complete",
			Applies: func(c *Case) bool { return c.sinkKind() == bufferedSink && c.autoCancel() && c.cancels() },
			Excuses: each(func(l line) bool {
				return l.Section == "results" && strings.Contains(l.Got, "FAIL_CANCELLED") ||
					l.Section != "results" && strings.Contains(l.Expected, `"error"`) && strings.Contains(l.Got, `"complete"`)
			}),
		},
		{
			ID: "an-ended-sink-is-not-cancelled",
			Reason: "a cancel that comes after the end changes what Reactor's unicast().onBackpressureError() answers " +
				"from terminated to cancelled; for ours a stream is over with its end",
			Applies: func(c *Case) bool { return c.sinkKind() == "unicast.onBackpressureError" },
			Excuses: each(func(l line) bool {
				return l.Section == "results" && strings.Contains(l.Expected, "FAIL_CANCELLED") && strings.Contains(l.Got, "FAIL_TERMINATED")
			}),
		},
		{
			ID: "takeLast-reports-what-it-lets-go",
			Reason: "Reactor's takeLast(n), n > 1, lets values go without telling the discard hook; ours tells it, " +
				"like every operator that holds values",
			Applies: func(c *Case) bool {
				return c.uses(func(n node) bool { return n.op() == "takeLast" && n.whole("n", 0) > 1 })
			},
			Excuses: each(func(l line) bool { return l.Section == "log" && strings.Contains(l.Got, `.discard"`) }),
		},
		{
			ID: "takeUntilOther-cancels-its-source",
			Reason: "an error of the other ends the stream, and Reactor leaves the source running; ours " +
				"cancels it",
			Applies: func(c *Case) bool {
				return c.uses(func(n node) bool { return n.op() == "takeUntilOther" && canFail(n["p"]) })
			},
			Excuses: unmatched(func(r row) bool {
				return (r.upstream() || r.section == "log" && !r.has(`"out:`)) && (r.expected || r.has(`"cancel"`))
			}),
		},
		{
			ID: "windows-let-their-source-go",
			Reason: "when nobody needs the source any more (the openings have ended a windowWhen, the subscriber " +
				"and the windows have left), Reactor's windowWhen leaves it running, and its windowTimeout does " +
				"until the time of the open window is up, its windowUntil and kin until the next one would begin; ours " +
				"cancel it at once",
			Applies: func(c *Case) bool {
				return c.uses(func(n node) bool {
					switch n.op() {
					case "windowWhen", "windowTimeout", "windowUntil", "windowUntilChanged", "windowWhile":
						return true
					}
					return n.op() == "windowTime" && n.has("skip")
				})
			},
			Excuses: each(func(l line) bool { return !strings.HasPrefix(l.Section, "out ") }),
		},
		{
			ID: "a-last-list-is-not-lost",
			Reason: "an unbounded request that comes after the source of a bufferUntil, bufferUntilChanged or " +
				"bufferWhile has completed makes Reactor forget the lists that wait, and the completion; ours " +
				"sends them",
			Applies: func(c *Case) bool {
				return c.uses(func(n node) bool {
					return n.op() == "bufferUntil" || n.op() == "bufferUntilChanged" || n.op() == "bufferWhile"
				})
			},
			Excuses: each(func(l line) bool { return strings.HasPrefix(l.Section, "out ") && l.Expected == "" }),
		},
		{
			ID: "a-cancel-does-not-wait",
			Reason: "a cancel or a request that reaches firstWithSignal, firstWithValue, or, or delaySubscription from " +
				"inside a synchronous source's first request waits in Reactor until that request returns, which an " +
				"endless source never does, and one that reaches a share until it has sent what it has; ours passes " +
				"it on at once",
			Applies: func(c *Case) bool {
				return c.uses(func(n node) bool {
					switch n.op() {
					case "or", "firstWithSignal", "firstWithValue", "delaySubscription", "share", "refCount":
						return true
					}
					return false
				})
			},
			Excuses: unmatched(func(r row) bool {
				return r.section == "log" || r.upstream() && (r.expected || r.has(`"request"`) || r.has(`"cancel"`))
			}),
		},
		{
			ID: "groups-end-in-the-order-of-their-opening",
			Reason: "Reactor ends the groups of a groupBy in the order of the hashes of their keys; ours in the order " +
				"in which they were opened, and what comes of the ends further down is in that order too",
			Applies: func(c *Case) bool { return c.uses(func(n node) bool { return n.op() == "groupBy" }) },
			Excuses: unmatched(func(r row) bool {
				return !r.upstream() && (r.has(`"complete"`) || r.has(`"error:`))
			}),
		},
		{
			ID: "what-was-rejected-is-not-asked-for-again",
			Reason: "an operator that lets a value go asks for another one in Reactor, here and there also where " +
				"everything was asked for; ours tells the source that the value did not count, if that can hear it",
			Applies: func(c *Case) bool { return c.DSL.flag("demand") },
			Excuses: unmatched(func(r row) bool { return r.upstream() && r.has(`"request",1]`) }),
		},
		{
			ID: "an-unbounded-replay-asks-for-everything",
			Reason: "what a replay without a bound is asked for is kept for ever anyway: ours asks for all of it, and " +
				"nobody waits for the slowest subscriber, as all do in Reactor",
			Applies: func(c *Case) bool {
				return c.DSL.flag("demand") && c.uses(func(n node) bool {
					return (n.op() == "replay" || n.op() == "cache") && !n.has("n")
				})
			},
			Excuses: unmatched(func(r row) bool { return r.upstream() && r.has(`"request"`) }),
		},
		{
			ID: "who-leaves-a-replay-holds-up-nobody",
			Reason: "when the slowest subscriber of a replay or a cache with a bound leaves, Reactor asks the source " +
				"for no more, and those that stay wait for ever, or those that come when what was kept is too old; " +
				"ours goes on with them",
			Applies: func(c *Case) bool {
				return c.uses(func(n node) bool { return (n.op() == "replay" || n.op() == "cache") && n.has("n") })
			},
			Excuses: unmatched(func(r row) bool { return !r.expected && (!r.upstream() || r.has(`"request"`)) }),
		},
		{
			ID: "early-requests-are-one",
			Reason: "the requests that come before the source are passed on to it as one by timeout, withLatestFrom, " +
				"takeUntilOther and their kin; some of Reactor's pass each of them on",
			Applies: func(c *Case) bool { return c.DSL.flag("demand") },
			Excuses: sameDemand,
		},
		{
			ID:      "no-error-of-a-filter-is-lost",
			Reason:  "an error of its source makes Reactor's filterWhen forget the errors of its filters; ours joins them",
			Applies: func(c *Case) bool { return c.uses(func(n node) bool { return n.op() == "filterWhen" }) },
			Excuses: each(func(l line) bool {
				return strings.Contains(l.Expected, `"error`) && strings.Contains(l.Got, "composite(")
			}),
		},
		{
			ID: "an-error-is-not-lost",
			Reason: "the error of the source of overlapping windows ends the open windows first, and if whoever reads " +
				"them asks for another window then, Reactor completes; ours ends with the error",
			Applies: func(c *Case) bool {
				return c.uses(func(n node) bool { return n.op() == "window" && n.has("skip") && n.whole("skip", 0) < n.whole("n", 0) })
			},
			Excuses: func(differing []line) bool {
				return slices.ContainsFunc(differing, func(l line) bool { return strings.Contains(l.Expected, `"complete"`) }) &&
					slices.ContainsFunc(differing, func(l line) bool { return strings.Contains(l.Got, `"error"`) })
			},
		},
		{
			ID: "a-grace-period-leaves-nobody-waiting",
			Reason: "who subscribes in the grace period of a refCount, after the source of its publish has ended, " +
				"waits for ever in Reactor; ours connects anew",
			Applies: func(c *Case) bool {
				return c.uses(func(n node) bool { return n.op() == "refCount" && n.has("grace") })
			},
			Excuses: each(func(l line) bool { return l.Expected == "" }),
		},
		{
			ID: "nothing-after-a-cancel-or-the-end",
			Reason: "Reactor's doOnCancel calls its function for a cancel that comes after the end, and its sources of " +
				"one value complete after a cancel from inside that value; for ours a stream is over with its end or " +
				"its cancel, and no hook is called any more",
			Applies: func(c *Case) bool { return c.hooksAfterTheEnd() },
			Excuses: unmatched(func(r row) bool {
				return r.section == "log" && (r.expected && (r.has(`.cancel"`) || r.has(`.complete"`)) || r.has(`.finally"`))
			}),
		},
	}
}

// decided gives the decision that is the reason for all rows that differ.
func decided(c *Case, lines []line) (decision, bool) {
	differing := slices.DeleteFunc(slices.Clone(lines), func(l line) bool { return !l.Differs })
	for _, d := range decisions() {
		if d.Applies(c) && (d.Excuses == nil || d.Excuses(differing)) {
			return d, true
		}
	}
	return decision{}, false
}

func each(excuses func(l line) bool) func([]line) bool {
	return func(differing []line) bool {
		return !slices.ContainsFunc(differing, func(l line) bool { return !excuses(l) })
	}
}

// row is one that the other side lacks, wherever it stands there.
type row struct {
	section, text string
	expected      bool // the other side is ours
}

func (r row) upstream() bool       { return strings.HasPrefix(r.section, "up ") }
func (r row) has(part string) bool { return strings.Contains(r.text, part) }

// unmatched excuses rows in another order, and those that one side lacks if each of
// them may be.
func unmatched(may func(r row) bool) func([]line) bool {
	return func(differing []line) bool {
		surplus := map[row]int{} // how often more in what was expected
		for _, l := range differing {
			surplus[row{section: l.Section, text: l.Expected}]++
			surplus[row{section: l.Section, text: l.Got}]--
		}
		for r, n := range surplus {
			r.expected = n > 0
			if n != 0 && r.text != "" && !may(r) {
				return false
			}
		}
		return true
	}
}

// sameDemand tells whether the rows differ only in how the same demand was asked for
// at the same time.
func sameDemand(differing []line) bool {
	asked, surplus := map[string][2]int64{}, map[string]int{}
	add := func(section, text string, side int) {
		at, n, ok := strings.Cut(strings.Trim(text, "[]"), `,"request",`)
		if !ok || !strings.HasPrefix(section, "up ") {
			if text != "" {
				surplus[section+text] += 1 - 2*side
			}
			return
		}
		sum := asked[section+at]
		more, err := strconv.ParseInt(n, 10, 64)
		if err != nil { // "max"
			more = math.MaxInt64 - sum[side]
		}
		if sum[side] += more; sum[side] < 0 {
			sum[side] = math.MaxInt64
		}
		asked[section+at] = sum
	}
	for _, l := range differing {
		add(l.Section, l.Expected, 0)
		add(l.Section, l.Got, 1)
	}
	for _, n := range surplus {
		if n != 0 {
			return false
		}
	}
	for _, sum := range asked {
		if sum[0] != sum[1] {
			return false
		}
	}
	return true
}

// reordered tells whether each subscriber got the expected rows in another order.
func reordered(differing []line) bool {
	expected, got := map[string][]string{}, map[string][]string{}
	for _, l := range differing {
		if !strings.HasPrefix(l.Section, "out ") {
			return false
		}
		expected[l.Section] = append(expected[l.Section], l.Expected)
		got[l.Section] = append(got[l.Section], l.Got)
	}
	for s := range expected {
		slices.Sort(expected[s])
		slices.Sort(got[s])
		if !slices.Equal(expected[s], got[s]) {
			return false
		}
	}
	return true
}

// demanding are the operators that keep a value for the demand where Reactor's do
// not.
var demanding = []string{
	"sample", "sampleFirst", "next", "elementAt", "all", "any", "hasElement", "hasElements", "reduce",
}

// rationed reports whether values may meet no demand: a subscriber asks for a
// number of them, or an operator asks in turn.
func (c *Case) rationed() bool {
	return slices.ContainsFunc(c.DSL.nodes("subs"), func(s node) bool { return s.has("demand") && s["demand"] != "max" }) ||
		c.uses(func(n node) bool { return slices.Contains(rationing, n.op()) })
}

var rationing = []string{
	"concatMap", "concatMapDelayError", "concatMapIterable", "delayElements", "delayUntil", "filterWhen", "flatMap",
	"flatMapDelayError", "flatMapSequential", "flatMapSequentialDelayError", "limitRate", "publishOn", "publishSelector", "zipWith",
}

const bufferedSink = "multicast.onBackpressureBuffer"

func (c *Case) sinkKind() string { return c.DSL.node("sink").text("kind", "") }

func (c *Case) directSink() bool {
	k := c.sinkKind()
	return k == "multicast.directBestEffort" || k == "multicast.directAllOrNothing"
}

// uses reports whether a node anywhere in the pipelines of the case fits.
func (c *Case) uses(fits func(n node) bool) bool { return anyNode(c.DSL["p"], fits) }

func anyNode(v any, fits func(n node) bool) bool {
	switch v := v.(type) {
	case []any:
		return slices.ContainsFunc(v, func(x any) bool { return anyNode(x, fits) })
	case map[string]any:
		if fits(v) {
			return true
		}
		for _, x := range v {
			if anyNode(x, fits) {
				return true
			}
		}
	}
	return false
}

// canFail reports whether a pipeline has anything in it that may end it with an
// error.
func canFail(p any) bool {
	return anyNode(p, func(n node) bool {
		if n.op() == "error" || n.op() == "hot" || n.has("throwOn") || n.has("throw") {
			return true
		}
		return slices.ContainsFunc(n.list("ev"), func(e any) bool {
			what, _ := e.([]any)[1].(string)
			return strings.HasPrefix(what, "error:")
		})
	})
}

// inside are the actions that subscribers do inside OnNext.
func (c *Case) inside() []string {
	var all []string
	for _, s := range c.DSL.nodes("subs") {
		for _, a := range s.list("on") {
			all = append(all, a.([]any)[1].(string))
		}
	}
	return all
}

func (c *Case) emitsInsideOnNext() bool {
	return slices.ContainsFunc(c.inside(), func(what string) bool {
		switch what {
		case "cancel", "request", "connect", "disconnect", "count":
			return false
		}
		return true
	})
}

// speaksAfterTerminal reports whether Reactor's trace breaks rule 1.7.
func (c *Case) speaksAfterTerminal() bool {
	for _, l := range c.Expect.Out {
		i := slices.IndexFunc(l, func(r Row) bool { return r[1] == "complete" || r[1] == "error" })
		if i >= 0 && i < len(l)-1 {
			return true
		}
	}
	return false
}

// hooksAfterTheEnd reports whether a hook of Reactor's trace is called for a stream
// that has ended or was cancelled.
func (c *Case) hooksAfterTheEnd() bool {
	over := map[string]bool{}
	for _, r := range c.Expect.Log {
		what, _ := r[1].(string)
		id, signal, _ := strings.Cut(what, ".")
		late := over[id] || c.endedBefore(r[0])
		switch signal {
		case "subscribe":
			over[id] = false
		case "cancel", "complete":
			if late {
				return true
			}
			over[id] = true
		case "finally":
			if late && r[2] == "cancel" {
				return true
			}
			over[id] = true
		case "error", "success", "terminate", "afterTerminate":
			over[id] = true
		}
	}
	return false
}

// endedBefore reports whether a subscriber got its end before a time.
func (c *Case) endedBefore(at any) bool {
	for _, rows := range c.Expect.Out {
		if n := len(rows); n > 0 && (rows[n-1][1] == "complete" || rows[n-1][1] == "error") && millis(rows[n-1][0]) < millis(at) {
			return true
		}
	}
	return false
}

func millis(at any) float64 {
	switch at := at.(type) {
	case int64:
		return float64(at)
	case float64:
		return at
	}
	return 0
}

// roundedQueue reports whether Reactor gives the sink another queue than the one
// it was asked for.
func (c *Case) roundedQueue() bool {
	n := c.DSL.node("sink").whole("n", 256)
	return n > 1 && (n < 8 || n&(n-1) != 0)
}

func (c *Case) autoCancel() bool {
	auto, ok := c.DSL.node("sink")["autoCancel"].(bool)
	return auto || !ok
}

// cancels reports whether a subscriber, or an operator on its behalf, may cancel.
func (c *Case) cancels() bool {
	if slices.Contains(c.inside(), "cancel") || len(c.DSL.nodes("p")) > 1 {
		return true
	}
	return slices.ContainsFunc(c.DSL.nodes("subs"), func(s node) bool {
		return s.has("cancelAfter") || slices.ContainsFunc(s.list("acts"), func(a any) bool {
			return a.([]any)[1] == "cancel"
		})
	})
}
