package conformance

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Each decision is held against a trace that it explains and one that it must
// not excuse.
func TestADecisionExplainsItsOwnDifferenceOnly(t *testing.T) {
	const direct = `{"p":[{"op":"sink"}],"sink":{"kind":"multicast.directBestEffort"},` +
		`"subs":[{"id":"a","on":[[1,"tryNext",2]]},{"id":"b"}],"acts":[[10,"tryNext",1]]}`
	const buffered = `{"p":[{"op":"sink"}],"sink":{"kind":"multicast.onBackpressureBuffer","n":4},` +
		`"subs":[{"id":"a","acts":[[5,"cancel"]]}],"acts":[[10,"tryNext",1]]}`
	const other = `{"p":[{"op":"never"},{"op":"probe"},{"op":"takeUntilOther","p":[{"op":"timed","ev":[[5,"error:boom"]]}]}]}`
	const openings = `{"p":[{"op":"never"},{"op":"probe"},{"op":"windowWhen","p":[{"op":"empty"}],"close":[{"op":"never"}]}]}`
	for _, c := range []struct {
		id, dsl, flags, expect string
		explained, unexplained string
	}{
		{
			"demand-is-kept", `{"p":[{"op":"never"},{"op":"sample","d":5}]}`, `"excess":true`,
			`{"out":{"s":[[1,"next",1]]}}`, `{}`, "",
		},
		{
			"nothing-after-the-terminal", direct, "",
			`{"out":{"b":[[1,"complete"],[1,"next",1]]}}`, `{"out":{"b":[[1,"next",1],[1,"complete"]]}}`, "",
		},
		{
			"direct-sinks-keep-order", direct, "",
			`{"out":{"b":[[10,"next",2],[10,"next",1]]}}`,
			`{"out":{"b":[[10,"next",1],[10,"next",2]]}}`, `{"out":{"b":[[10,"next",1]]}}`,
		},
		{
			"bounded-sinks-hold-exactly-n", buffered, "",
			`{"results":[[10,"tryNext","OK"]]}`, `{"results":[[10,"tryNext","FAIL_OVERFLOW"]]}`, "",
		},
		{
			"takeUntilOther-cancels-its-source", other, "",
			`{"up":{"p":[[0,"subscribe"]]}}`,
			`{"up":{"p":[[0,"subscribe"],[5,"cancel"]]}}`, `{"up":{"p":[[0,"subscribe"],[0,"subscribe"]]}}`,
		},
		{
			"windows-let-their-source-go", openings, "",
			`{"out":{"s":[[0,"complete"]]},"up":{"p":[[0,"subscribe"]]}}`,
			`{"out":{"s":[[0,"complete"]]},"up":{"p":[[0,"subscribe"],[0,"cancel"]]}}`,
			`{"out":{"s":[[1,"complete"]]},"up":{"p":[[0,"subscribe"],[0,"cancel"]]}}`,
		},
		{
			"a-last-list-is-not-lost", `{"p":[{"op":"never"},{"op":"bufferUntil","f":["odd"]}]}`, "",
			`{"out":{"s":[[1,"next",[1]]]}}`,
			`{"out":{"s":[[1,"next",[1]],[9,"next",[2]],[9,"complete"]]}}`, `{"out":{"s":[[9,"next",[2]],[9,"complete"]]}}`,
		},
		{
			"nothing-after-a-cancel-or-the-end",
			`{"p":[{"op":"never"},{"op":"doOn","events":["error","cancel"],"id":"f"}],"subs":[{"id":"s","acts":[[20,"cancel"]]}]}`, "",
			`{"log":[[10,"f.error","boom"],[20,"f.cancel"],[30,"g.next",1]]}`,
			`{"log":[[10,"f.error","boom"],[30,"g.next",1]]}`, `{"log":[[10,"f.error","boom"]]}`,
		},
		{
			"groups-end-in-the-order-of-their-opening", `{"p":[{"op":"never"},{"op":"groupBy","f":["mod",2]},{"op":"buffer","n":2}]}`, "",
			`{"out":{"s":[[9,"next",[[1,"complete"],[0,"complete"]]],[9,"complete"]]}}`,
			`{"out":{"s":[[9,"next",[[0,"complete"],[1,"complete"]]],[9,"complete"]]}}`,
			`{"out":{"s":[[9,"next",[[0,1],[1,2]]],[9,"complete"]]}}`,
		},
		{
			"what-was-rejected-is-not-asked-for-again", `{"p":[{"op":"never"},{"op":"probe"}],"demand":true}`, "",
			`{"up":{"p":[[0,"subscribe"],[5,"request",1]]}}`, `{"up":{"p":[[0,"subscribe"]]}}`, `{"up":{"p":[[5,"request",1]]}}`,
		},
		{
			"an-unbounded-replay-asks-for-everything", `{"p":[{"op":"never"},{"op":"probe"},{"op":"cache"}],"demand":true}`, "",
			`{"up":{"p":[[0,"subscribe"],[0,"request",256]]}}`,
			`{"up":{"p":[[0,"subscribe"],[0,"request","max"]]}}`, `{"up":{"p":[[0,"subscribe"],[0,"cancel"]]}}`,
		},
		{
			"an-ended-sink-is-not-cancelled", `{"p":[{"op":"sink"}],"sink":{"kind":"unicast.onBackpressureError"}}`, "",
			`{"results":[[9,"tryComplete","OK"],[20,"tryNext","FAIL_CANCELLED"]]}`,
			`{"results":[[9,"tryComplete","OK"],[20,"tryNext","FAIL_TERMINATED"]]}`,
			`{"results":[[9,"tryComplete","OK"],[20,"tryNext","OK"]]}`,
		},
		{
			"who-leaves-a-replay-holds-up-nobody", `{"p":[{"op":"never"},{"op":"probe"},{"op":"cache","n":2}],"demand":true}`, "",
			`{"out":{"a":[[0,"next",1]]},"up":{"p":[[0,"request",2]]}}`,
			`{"out":{"a":[[0,"next",1],[40,"next",2]]},"up":{"p":[[0,"request",2],[40,"request",2]]}}`,
			`{"up":{"p":[[0,"request",2]]}}`,
		},
		{
			"no-error-of-a-filter-is-lost", `{"p":[{"op":"never"},{"op":"filterWhen","p":[{"op":"error","err":"a"}]}]}`, "",
			`{"out":{"s":[[9,"error","b"]]}}`, `{"out":{"s":[[9,"error","composite(a,b)"]]}}`, `{"out":{"s":[[9,"error","a"]]}}`,
		},
		{
			"early-requests-are-one", `{"p":[{"op":"never"},{"op":"probe"}],"demand":true}`, "",
			`{"up":{"p":[[0,"request",256],[0,"request",2],[3,"request","max"],[3,"request",4]]}}`,
			`{"up":{"p":[[0,"request",258],[3,"request","max"]]}}`, `{"up":{"p":[[0,"request",257],[3,"request","max"]]}}`,
		},
		{
			"a-cancel-does-not-wait", `{"p":[{"op":"range"},{"op":"probe"},{"op":"delaySubscription","d":5},{"op":"next"}]}`, "",
			`{"up":{"p":[[5,"subscribe"]]}}`, `{"up":{"p":[[5,"subscribe"],[5,"cancel"]]}}`, `{"up":{"p":[[6,"subscribe"]]}}`,
		},
		{
			"a-grace-period-leaves-nobody-waiting",
			`{"p":[{"op":"just","vs":[1]},{"op":"probe"},{"op":"publish"},{"op":"refCount","grace":9}],"subs":[{"id":"a","cancelAfter":1},{"id":"b","at":5}]}`, "",
			`{"out":{"a":[[0,"next",1]]},"up":{"p":[[0,"subscribe"]]}}`,
			`{"out":{"a":[[0,"next",1]],"b":[[5,"next",1],[5,"complete"]]},"up":{"p":[[0,"subscribe"],[5,"subscribe"]]}}`,
			`{"out":{"b":[[5,"next",1],[5,"complete"]]},"up":{"p":[[0,"subscribe"],[5,"subscribe"]]}}`,
		},
	} {
		t.Run(c.id, func(t *testing.T) {
			flags := []string{}
			if c.flags != "" {
				flags = append(flags, c.flags)
			}
			made := testCase(t, c.dsl, c.expect, flags...)
			o := judge(made, readTrace(t, c.explained), nil)
			assert.Equal(t, byDecision, o.Verdict)
			assert.Equal(t, c.id, o.Decision)
			assert.Equal(t, passed, judge(made, made.Expect, nil).Verdict, "Reactor's own trace passes too")
			assert.Equal(t, failed, judge(made, readTrace(t, c.explained), []string{"hung"}).Verdict)
			if c.unexplained != "" {
				assert.Equal(t, failed, judge(made, readTrace(t, c.unexplained), nil).Verdict)
			}
		})
	}
}

func TestAnAutoCancelledSinkMaySayFailCancelled(t *testing.T) {
	made := func(sink, subs string) *Case {
		return testCase(t, `{"p":[{"op":"sink"}],"sink":{"kind":"multicast.onBackpressureBuffer"`+sink+`},"subs":[`+subs+`]}`,
			`{"results":[[10,"tryNext","OK"]]}`)
	}
	cancelled := readTrace(t, `{"results":[[10,"tryNext","FAIL_CANCELLED"]]}`)
	const leaves = `{"id":"a","acts":[[5,"cancel"]]}`
	assert.Equal(t, byDecision, judge(made("", leaves), cancelled, nil).Verdict)
	assert.Equal(t, failed, judge(made(`,"autoCancel":false`, leaves), cancelled, nil).Verdict)
	assert.Equal(t, failed, judge(made("", `{"id":"a"}`), cancelled, nil).Verdict)
	overflow := readTrace(t, `{"results":[[10,"tryNext","FAIL_OVERFLOW"]]}`)
	assert.Equal(t, failed, judge(made("", leaves), overflow, nil).Verdict)
}

func TestEveryDecisionHasAnIDOfItsOwnAndAReason(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range decisions() {
		assert.NotEmpty(t, d.Reason)
		assert.False(t, seen[d.ID], d.ID)
		seen[d.ID] = true
	}
}

func readTrace(t *testing.T, s string) Trace {
	t.Helper()
	var tr Trace
	require.NoError(t, json.Unmarshal([]byte(s), &tr))
	return tr
}
