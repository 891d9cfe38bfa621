package fluxtest

import (
	"errors"
	"reflect"
	"slices"
)

// The assertions of a timeline report a failure with t.Errorf, which lets the
// test go on, and say whether they held. A failure shows the whole timeline.

func (l *Timeline[T]) check(t TB, ok bool, format string, args ...any) bool {
	t.Helper()
	if !ok {
		t.Errorf("fluxtest: "+format+"\ntimeline:\n%s", append(args, l.String())...)
	}
	return ok
}

// AssertWasSubscribed fails if nobody has subscribed.
func (l *Timeline[T]) AssertWasSubscribed(t TB) bool {
	t.Helper()
	return l.check(t, l.WasSubscribed(), "want a subscription, there was none")
}

// AssertWasNotSubscribed fails if anybody has subscribed.
func (l *Timeline[T]) AssertWasNotSubscribed(t TB) bool {
	t.Helper()
	return l.check(t, !l.WasSubscribed(), "want no subscription, there were %d", l.SubscribeCount())
}

// AssertSubscribeCount fails unless there have been n subscriptions in all.
func (l *Timeline[T]) AssertSubscribeCount(t TB, n int) bool {
	t.Helper()
	return l.check(t, l.SubscribeCount() == n, "want %d subscriptions in all, there were %d", n, l.SubscribeCount())
}

// AssertSubscribers fails unless n subscriptions are open: neither ended nor
// cancelled.
func (l *Timeline[T]) AssertSubscribers(t TB, n int) bool {
	t.Helper()
	return l.check(t, l.Subscribers() == n, "want %d open subscriptions, there are %d", n, l.Subscribers())
}

// AssertWasRequested fails if nothing was requested.
func (l *Timeline[T]) AssertWasRequested(t TB) bool {
	t.Helper()
	return l.check(t, l.WasRequested(), "want a request, there was none")
}

// AssertWasNotRequested fails if anything was requested.
func (l *Timeline[T]) AssertWasNotRequested(t TB) bool {
	t.Helper()
	return l.check(t, !l.WasRequested(), "want no request, there were %v", l.Requests())
}

// AssertRequested fails unless the requests add up to total; see
// [Timeline.Requested].
func (l *Timeline[T]) AssertRequested(t TB, total int64) bool {
	t.Helper()
	return l.check(t, l.Requested() == total, "want requests of %s in all, they add up to %s",
		showDemand(total), showDemand(l.Requested()))
}

// AssertRequests fails unless Request was called with exactly these arguments,
// in this order. It pins down the prefetch of an operator.
func (l *Timeline[T]) AssertRequests(t TB, ns ...int64) bool {
	t.Helper()
	return l.check(t, slices.Equal(l.Requests(), ns), "want the requests %v, got %v", ns, l.Requests())
}

// AssertWasCancelled fails if no subscription was cancelled.
func (l *Timeline[T]) AssertWasCancelled(t TB) bool {
	t.Helper()
	return l.check(t, l.WasCancelled(), "want a cancel, there was none")
}

// AssertWasNotCancelled fails if a subscription was cancelled.
func (l *Timeline[T]) AssertWasNotCancelled(t TB) bool {
	t.Helper()
	return l.check(t, !l.WasCancelled(), "want no cancel, there were %d", l.CancelCount())
}

// AssertValues fails unless exactly these values were sent, in this order,
// compared by [reflect.DeepEqual].
func (l *Timeline[T]) AssertValues(t TB, vs ...T) bool {
	t.Helper()
	got := l.Values()
	same := slices.EqualFunc(got, vs, func(a, b T) bool { return reflect.DeepEqual(a, b) })
	return l.check(t, same, "want the values (%s), got (%s)", showAll(vs), showAll(got))
}

// AssertCompleted fails unless the first terminal signal was a completion.
func (l *Timeline[T]) AssertCompleted(t TB) bool {
	t.Helper()
	e, ok := l.Terminal()
	return l.check(t, ok && e.Kind == Complete, "want complete, got %s", terminalText(e, ok))
}

// AssertErrorIs fails unless the first terminal signal was an error that
// matches target by [errors.Is].
func (l *Timeline[T]) AssertErrorIs(t TB, target error) bool {
	t.Helper()
	e, ok := l.Terminal()
	return l.check(t, ok && e.Kind == Error && errors.Is(e.Err, target),
		"want an error that is %q, got %s", target, terminalText(e, ok))
}

// AssertNotTerminated fails if there has been a terminal signal.
func (l *Timeline[T]) AssertNotTerminated(t TB) bool {
	t.Helper()
	e, ok := l.Terminal()
	return l.check(t, !ok, "want no terminal signal, got %s", terminalText(e, ok))
}

// AssertNoViolations fails if a rule of the contract was broken. Only a
// [Recorder] watches the rules.
func (l *Timeline[T]) AssertNoViolations(t TB) bool {
	t.Helper()
	vs := l.Violations()
	return l.check(t, len(vs) == 0, "want no broken rule, got %v", vs)
}

func terminalText[T any](e Event[T], ok bool) string {
	if !ok {
		return "no terminal signal"
	}
	return e.String()
}
