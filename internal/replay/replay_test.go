package replay

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errBoom = errors.New("boom")

// listener notes what it gets.
type listener struct {
	sub    *Reader[int]
	got    []int
	ends   []error // nil for completion
	onNext func(v int)
	left   []bool // whether by the end
}

func (l *listener) OnNext(v int) {
	l.got = append(l.got, v)
	if l.onNext != nil {
		l.onNext(v)
	}
}
func (l *listener) OnError(err error) { l.ends = append(l.ends, err) }
func (l *listener) OnComplete()       { l.ends = append(l.ends, nil) }

type reports struct {
	mu   sync.Mutex
	errs []error
}

func rules(r *reports) Rules {
	return Rules{
		BadRequest: func(n int64) error { return fmt.Errorf("bad request %d", n) },
		Panicked:   func(v any) error { return fmt.Errorf("panic: %v", v) },
		Report: func(_ context.Context, err error) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.errs = append(r.errs, err)
		},
	}
}

func newBuffer(b Bounds) *Buffer[int] { return New[int](b, rules(&reports{})) }

func join(b *Buffer[int], demand int64) *listener { return joinWith(b, demand, nil) }

func joinWith(b *Buffer[int], demand int64, onNext func(int)) *listener {
	l := &listener{onNext: onNext}
	l.sub = b.Prepare(context.Background(), func(ended bool) { l.left = append(l.left, ended) })
	if demand != 0 {
		l.sub.Request(demand)
	}
	b.Join(l.sub, l)
	return l
}

func fill(b *Buffer[int], from, to int) {
	for v := from; v <= to; v++ {
		b.Append(v)
	}
}

func TestALateReaderGetsWhatIsKeptThenWhatComesThenTheEnd(t *testing.T) {
	b := newBuffer(All())
	fill(b, 1, 3)
	l := join(b, Unbounded)
	assert.Equal(t, []int{1, 2, 3}, l.got)
	fill(b, 4, 5)
	require.True(t, b.Close(nil))
	assert.Equal(t, []int{1, 2, 3, 4, 5}, l.got)
	assert.Equal(t, []error{nil}, l.ends)
	late := join(b, Unbounded)
	assert.Equal(t, l.got, late.got)
	assert.Equal(t, l.ends, late.ends)
	assert.False(t, b.Append(6))
	assert.False(t, b.Close(errBoom))
	assert.Zero(t, b.Stats().Subscribers)
	assert.Equal(t, []bool{true}, l.left)
	assert.Equal(t, []bool{true}, late.left)
}

func TestACountBoundsWhatALateReaderGetsButNotASlowOne(t *testing.T) {
	for count, want := range map[int64][]int{0: nil, 1: {9}, 3: {7, 8, 9}, 20: {1, 2, 3, 4, 5, 6, 7, 8, 9}} {
		b := newBuffer(Bounds{Count: count, Age: Forever})
		slow := join(b, 1)
		fill(b, 1, 9)
		assert.Equal(t, []int{1}, slow.got)
		late := join(b, Unbounded)
		assert.Equal(t, want, late.got, "count %d", count)
		assert.EqualValues(t, len(want), b.Stats().Kept)
		b.Close(errBoom)
		assert.Empty(t, slow.ends, "an error waits for the values before it")
		slow.sub.Request(8)
		assert.Equal(t, []int{1, 2, 3, 4, 5, 6, 7, 8, 9}, slow.got)
		assert.Equal(t, []error{errBoom}, slow.ends)
	}
}

func TestAnAgeBoundsWhatALateReaderGetsUntilTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBuffer(Bounds{Count: Unbounded, Age: 25 * time.Millisecond})
		slow := join(b, 1)
		for v := 1; v <= 5; v++ {
			time.Sleep(10 * time.Millisecond)
			b.Append(v)
		}
		time.Sleep(5 * time.Millisecond) // at 55 ms: those of 40 and 50 are younger than 25
		assert.Equal(t, []int{4, 5}, join(b, Unbounded).got)
		assert.EqualValues(t, 2, b.Stats().Kept)
		b.Close(nil)
		time.Sleep(25 * time.Millisecond)
		assert.False(t, b.Expired())
		assert.Equal(t, []int{4, 5}, join(b, Unbounded).got, "nothing expires alone after the end")
		time.Sleep(time.Nanosecond)
		assert.True(t, b.Expired())
		slow.sub.Request(Unbounded)
		assert.Equal(t, []int{1, 2, 3, 4, 5}, slow.got)
	})
}

func TestAnAgeOfZeroKeepsNothing(t *testing.T) {
	b := newBuffer(Bounds{Count: Unbounded})
	l := join(b, Unbounded)
	fill(b, 1, 2)
	assert.Equal(t, []int{1, 2}, l.got)
	assert.Empty(t, join(b, Unbounded).got)
}

func TestDemandIsKept(t *testing.T) {
	b := newBuffer(All())
	fill(b, 1, 3)
	l := join(b, 0)
	assert.Empty(t, l.got)
	l.sub.Request(2)
	assert.Equal(t, []int{1, 2}, l.got)
	b.Close(nil)
	assert.Empty(t, l.ends)
	l.sub.Request(1)
	assert.Equal(t, []error{nil}, l.ends, "the end needs no demand")
}

// picky takes even values only.
type picky struct{ listener }

func (p *picky) TryOnNext(v int) bool {
	if v%2 == 0 {
		p.OnNext(v)
	}
	return v%2 == 0
}

func TestARejectedValueUsesNoDemand(t *testing.T) {
	b := newBuffer(All())
	fill(b, 1, 9)
	p := &picky{}
	p.sub = b.Prepare(context.Background(), nil)
	p.sub.Request(3)
	b.Join(p.sub, p)
	assert.Equal(t, []int{2, 4, 6}, p.got)
}

func TestABadRequestIsAnErrorAndALeaving(t *testing.T) {
	for _, n := range []int64{0, -1, -1 << 63} {
		b := newBuffer(All())
		l := join(b, 1)
		l.sub.Request(n)
		l.sub.Request(5)
		b.Append(1)
		assert.Empty(t, l.got)
		require.Len(t, l.ends, 1)
		if n > -1<<62 {
			assert.EqualError(t, l.ends[0], fmt.Sprintf("bad request %d", n))
		}
		assert.Equal(t, []bool{false}, l.left)
		assert.Zero(t, b.Stats().Subscribers)
	}
	b := newBuffer(All())
	early := join(b, -3)
	assert.EqualError(t, early.ends[0], "bad request -3")
	assert.Equal(t, []bool{false}, early.left)
}

func TestACancelledReaderGetsNothingAndHoldsNothing(t *testing.T) {
	b := newBuffer(All())
	l := joinWith(b, Unbounded, nil)
	l.onNext = func(v int) {
		if v == 2 {
			l.sub.Cancel()
			l.sub.Cancel()
		}
	}
	fill(b, 1, 4)
	b.Close(nil)
	assert.Equal(t, []int{1, 2}, l.got)
	assert.Empty(t, l.ends)
	assert.Equal(t, []bool{false}, l.left)
	assert.Nil(t, l.sub.at)
	assert.Nil(t, l.sub.down)

	unborn := &listener{}
	unborn.sub = b.Prepare(context.Background(), nil)
	unborn.sub.Cancel()
	b.Join(unborn.sub, unborn)
	assert.Empty(t, unborn.got)
	assert.Empty(t, unborn.ends)
}

func TestAValueAppendedInsideOnNextKeepsItsPlaceForEverybody(t *testing.T) {
	b := newBuffer(All())
	first := joinWith(b, Unbounded, func(v int) {
		if v < 3 {
			b.Append(v + 10)
		}
		if v == 12 {
			b.Close(nil)
		}
	})
	second := join(b, Unbounded)
	fill(b, 1, 2)
	assert.Equal(t, []int{1, 11, 2, 12}, first.got)
	assert.Equal(t, first.got, second.got)
	assert.Equal(t, []error{nil}, first.ends)
	assert.Equal(t, []error{nil}, second.ends)
}

func TestARequestInsideOnNextDoesNotRecurse(t *testing.T) {
	b := newBuffer(All())
	fill(b, 1, 100_000)
	depth, deepest := 0, 0
	var l *listener
	l = joinWith(b, 0, func(int) {
		depth++
		deepest = max(deepest, depth)
		l.sub.Request(1)
		depth--
	})
	l.sub.Request(1)
	assert.Len(t, l.got, 100_000)
	assert.Equal(t, 1, deepest)
}

func TestAPanicCostsASubscriberItsSubscriptionAndNobodyElse(t *testing.T) {
	var r reports
	b := New[int](All(), rules(&r))
	bad := joinWith(b, Unbounded, func(int) { panic("ouch") })
	good := join(b, Unbounded)
	fill(b, 1, 2)
	assert.Equal(t, []int{1}, bad.got)
	assert.Equal(t, []int{1, 2}, good.got)
	assert.Equal(t, []bool{false}, bad.left)
	require.Len(t, r.errs, 1)
	assert.EqualError(t, r.errs[0], "panic: ouch")
}

func TestASubscriberThatEndsTheGoroutineLeavesTheOthersServed(t *testing.T) {
	b := newBuffer(All())
	first := joinWith(b, Unbounded, func(v int) {
		if v == 1 {
			runtime.Goexit()
		}
	})
	second := join(b, Unbounded)
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.Append(1)
	}()
	<-done
	b.Append(2)
	assert.Equal(t, []int{1, 2}, first.got)
	assert.Equal(t, []int{1, 2}, second.got)
}

func TestMoreIsAskedForWhenAllHaveComeABatchFurther(t *testing.T) {
	asked := 0
	r := rules(&reports{})
	r.Batch, r.More = 3, func() { asked++ }
	b := New[int](Bounds{Count: 4, Age: Forever}, r)
	fill(b, 1, 3)
	assert.Equal(t, 1, asked, "nobody there: what was appended counts")
	fast, slow := join(b, Unbounded), join(b, 1)
	fill(b, 4, 7)
	assert.Equal(t, 1, asked, "the slow one is at 1")
	slow.sub.Request(4)
	assert.Equal(t, 1, asked, "at 5")
	slow.sub.Request(1)
	assert.Equal(t, 2, asked, "at 6")
	fill(b, 8, 9)
	assert.Equal(t, 2, asked)
	slow.sub.Cancel()
	assert.Equal(t, 3, asked, "the fast one is at 9, and alone")
	fast.sub.Cancel()
	b.Close(nil)
	assert.Equal(t, 3, asked)
}

func TestWhatTheLastReaderDidNotTakeWaitsForTheNext(t *testing.T) {
	for name, age := range map[string]time.Duration{"kept": Forever, "kept no longer": 0} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			r := rules(&reports{})
			r.Batch, r.More = 3, func() { asked++ }
			b := New[int](Bounds{Count: 3, Age: age}, r)
			last := join(b, 1)
			fill(b, 1, 3)
			last.sub.Cancel()
			assert.Equal(t, 0, asked)
			join(b, Unbounded)
			assert.Equal(t, 1, asked)
		})
	}
}

func TestReadersThatLeftAreForgotten(t *testing.T) {
	b := newBuffer(Bounds{Count: 1, Age: Forever})
	var in []*listener
	for range 10_000 {
		in = append(in, join(b, Unbounded))
	}
	for i, k := range rand.Perm(len(in)) {
		in[k].sub.Cancel()
		left := len(in) - i - 1
		assert.Equal(t, left, b.live)
		assert.LessOrEqual(t, len(b.readers), left+left/3+minHoles+1)
	}
	assert.Nil(t, b.readers)
}

func TestReadersAreServedInTheOrderTheyCame(t *testing.T) {
	b := newBuffer(Bounds{Count: 0, Age: Forever})
	var log, want []int
	var in []*listener
	for name := range 200 {
		in = append(in, joinWith(b, Unbounded, func(int) { log = append(log, name) }))
	}
	for i := range in {
		if i%3 == 0 {
			want = append(want, i)
		} else {
			in[i].sub.Cancel()
		}
	}
	b.Append(1)
	assert.Equal(t, want, log)
}
