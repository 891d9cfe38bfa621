package fluxtest

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/freshet-go/freshet/flux"
)

// Expect subscribes to src with unbounded demand and holds its signals against
// a diagram, values by [reflect.DeepEqual], times exactly. Time 0 of the diagram is
// the call of Expect. With a subscription diagram such as "--^---!" it subscribes
// and cancels at those frames, the cancel before what else happens in its frame;
// the times of the signals still count from the call.
//
// Whatever comes within a minute after the diagram's end fails the test, so a
// source without end needs a !. A failure draws the two diagrams one above the
// other with the first difference marked, and ends the test. So does a broken rule
// of the contract.
//
// It runs in the bubble it is called in, else in one of its own, for which t must be
// a *testing.T and src must not need anything made before. It gives the recorder.
//
// Source: expectObservable(...).toBe of rxjs's TestScheduler.
func (m Marbles[T]) Expect(t TB, src flux.Publisher[T], diagram string, subscription ...string) *Recorder[T] {
	t.Helper()
	rec := NewRecorder[T](flux.Unbounded)
	x := &expectation[T]{Marbles: m, rec: rec, src: src}
	if err := x.read(diagram, subscription); err != nil {
		t.Errorf("fluxtest: Expect: %v", err)
		t.FailNow()
		return rec
	}
	tt, isTest := t.(*testing.T)
	var leak error
	switch {
	case inBubble():
		x.play()
	case isTest:
		leak = inBubbleOf(tt, x.play)
	default:
		t.Errorf("fluxtest: Expect(%q): it must be called in a bubble (see Run), or with a *testing.T", diagram)
		t.FailNow()
		return rec
	}
	if text := x.failure(leak); text != "" {
		t.Errorf("%s", text)
		t.FailNow()
	}
	return rec
}

// expectation is one call of Expect.
type expectation[T any] struct {
	Marbles[T]
	src    flux.Publisher[T]
	rec    *Recorder[T]
	want   []Event[T]
	length time.Duration
	from   time.Duration // of the subscription
	until  time.Duration // of the cancel, -1 for none
	zero   time.Time
}

func (x *expectation[T]) read(diagram string, subscription []string) (err error) {
	if x.src == nil {
		return fmt.Errorf("the publisher must not be nil")
	}
	if x.want, x.length, err = x.Parse(diagram); err != nil {
		return err
	}
	for _, e := range x.want {
		if e.Kind == Subscribe || e.Kind == Cancel {
			return fmt.Errorf("marble %q: ^ and ! stand in a diagram of the subscription, after this one", diagram)
		}
	}
	x.until = -1
	switch len(subscription) {
	case 0:
		return nil
	case 1:
		x.from, x.until, err = readSubscription(subscription[0])
		return err
	}
	return fmt.Errorf("%d diagrams of the subscription: there is one at most", len(subscription))
}

// readSubscription gives the times of ^ and !, of which either may be missing:
// then they are 0 and -1.
func readSubscription(diagram string) (from, until time.Duration, err error) {
	s, err := scanFrames(diagram)
	if err != nil {
		return 0, 0, err
	}
	until = -1
	for _, k := range s.marks {
		switch k.kind() {
		case Subscribe:
			from = k.at
		case Cancel:
			until = k.at
		default:
			return 0, 0, fmt.Errorf("marble %q: %q has no place in a diagram of a subscription", diagram, k.sign)
		}
	}
	if until >= 0 && until < from {
		return 0, 0, fmt.Errorf("marble %q: the ! stands before the ^", diagram)
	}
	return from, until, nil
}

// play lets the time of the diagram pass.
func (x *expectation[T]) play() {
	x.zero = time.Now()
	ctx, stop := context.WithCancel(flux.WithHooks(context.Background(), x.rec.hooks()))
	defer stop()
	end := x.length
	if x.from > 0 {
		time.Sleep(x.from)
	}
	x.rec.guard("1.9", "Subscribe", func() { x.src.Subscribe(ctx, x.rec) })
	if x.until >= 0 {
		// A moment early, so that no other timer of the frame comes first.
		Advance(max(x.until-1-x.from, 0))
		x.rec.Cancel()
		end = max(end, x.until)
	}
	Advance(end + aftermath - time.Since(x.zero))
	if _, ended := x.rec.Terminal(); !ended {
		x.rec.Cancel()
	}
	stop()
	Advance(0)
}

// got gives the signals that came, with times since the call.
func (x *expectation[T]) got() []Event[T] {
	got := x.rec.Of(Next, Error, Complete)
	for i := range got {
		got[i].At += x.rec.Start().Sub(x.zero)
	}
	return got
}

// failure gives the message of an expectation that was not met, or "".
func (x *expectation[T]) failure(leak error) string {
	got := x.got()
	i := 0
	for i < len(got) && i < len(x.want) && x.same(got[i], x.want[i]) {
		i++
	}
	broken := x.rec.Violations()
	if i == len(got) && i == len(x.want) && len(broken) == 0 && leak == nil {
		return ""
	}
	var b strings.Builder
	if i < len(got) || i < len(x.want) {
		at, what := difference(x.want, got, i)
		fmt.Fprintf(&b, "fluxtest: the signals differ at %s: %s\n%s", millis(at), what, x.drawBoth(got, at))
	}
	for _, v := range broken {
		fmt.Fprintf(&b, "fluxtest: the publisher broke %v\n", v)
	}
	if leak != nil {
		fmt.Fprintf(&b, "fluxtest: %v\n", leak)
	}
	fmt.Fprintf(&b, "timeline (virtual time since the subscription):\n%s", &x.rec.Timeline)
	return b.String()
}

func (x *expectation[T]) same(got, want Event[T]) bool {
	if got.At != want.At || got.Kind != want.Kind {
		return false
	}
	if got.Kind == Error {
		return sameError(got.Err, want.Err)
	}
	return got.Kind != Next || reflect.DeepEqual(got.Value, want.Value)
}

// difference says in words how the signals differ from the i-th on.
func difference[T any](want, got []Event[T], i int) (at time.Duration, what string) {
	switch {
	case i == len(got):
		return want[i].At, fmt.Sprintf("want %s, got nothing more", want[i])
	case i == len(want):
		return got[i].At, fmt.Sprintf("want nothing more, got %s", got[i])
	case got[i].At != want[i].At:
		return min(got[i].At, want[i].At),
			fmt.Sprintf("want %s at %s, got %s at %s", want[i], millis(want[i].At), got[i], millis(got[i].At))
	}
	return got[i].At, fmt.Sprintf("want %s, got %s", want[i], got[i])
}

// AssertSubscriptions fails unless the subscriptions there have been are those
// of the diagrams, in order: "^---!" was subscribed to at once and ended at frame 4, be
// it by a cancel or by its terminal signal, "--^" is still open. Times count from
// the making of a publisher by [Marbles.Hot] or [Marbles.Cold], of others from the
// first subscription.
//
// Source: expectSubscriptions(...).toBe of rxjs's TestScheduler.
func (l *Timeline[T]) AssertSubscriptions(t TB, diagrams ...string) bool {
	t.Helper()
	var want []string
	for _, d := range diagrams {
		from, until, err := readSubscription(d)
		if err != nil {
			return l.check(t, false, "AssertSubscriptions: %v", err)
		}
		want = append(want, drawSpan(from, until))
	}
	var from, until []time.Duration
	for _, e := range l.Events() {
		switch {
		case e.Kind == Subscribe:
			from, until = append(from, e.At), append(until, -1)
		case e.Kind == Cancel || e.terminal():
			if until[e.Sub-1] < 0 {
				until[e.Sub-1] = e.At.Round(10 * time.Nanosecond) // a ! of Expect is a moment early
			}
		}
	}
	var got []string
	for i := range from {
		got = append(got, drawSpan(from[i], until[i]))
	}
	return l.check(t, slices.Equal(got, want), "want the subscriptions\n  %s\ngot\n  %s",
		strings.Join(want, "\n  "), strings.Join(got, "\n  "))
}

// drawSpan draws a subscription.
func drawSpan(from, until time.Duration) string {
	var b strings.Builder
	drawGap(&b, from)
	switch {
	case until == from:
		b.WriteString("(^!)")
	case until >= 0:
		b.WriteString("^")
		drawGap(&b, until-from-frame)
		b.WriteString("!")
	default:
		b.WriteString("^")
	}
	return b.String()
}
