package hub

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errBad = errors.New("bad request")

// listener notes in a log shared by all listeners of a test.
type listener struct {
	name int
	sub  *Sub[int]
	log  *[]int
	err  error
	ends int
}

func (l *listener) OnNext(int)        { *l.log = append(*l.log, l.name) }
func (l *listener) OnError(err error) { l.err = err; l.ends++ }
func (l *listener) OnComplete()       { l.ends++ }

func newHub() *Hub[int] {
	return New[int](Config{Limit: 8, Rules: Rules{
		BadRequest: func(int64) error { return errBad },
		Panicked:   func(v any) error { return v.(error) },
		Report:     func(context.Context, error) {},
	}})
}

func join(h *Hub[int], name int, log *[]int) *listener {
	l := &listener{name: name, sub: h.Prepare(context.Background()), log: log}
	l.sub.Request(Unbounded)
	h.Join(l.sub, l)
	return l
}

func TestSubscribersAreServedInTheOrderTheyCame(t *testing.T) {
	h := newHub()
	var log, want []int
	var in []*listener
	for name := range 1000 {
		in = append(in, join(h, name, &log))
	}
	gone := map[int]bool{}
	for i, name := range rand.Perm(1000)[:900] {
		in[name].sub.Cancel()
		gone[name] = true
		if i%10 == 0 {
			in = append(in, join(h, len(in), &log))
		}
		assert.True(t, h.holes < minHoles || 4*h.holes <= len(h.entries), "%d holes of %d", h.holes, len(h.entries))
	}
	for name := range in {
		if !gone[name] {
			want = append(want, name)
		}
	}
	require.Equal(t, Sent, h.Emit(1))
	assert.Equal(t, want, log)
	assert.Equal(t, len(want), h.Subscribers())
}

func TestWhatIsLeftAfterEverybodyLeftIsSmall(t *testing.T) {
	h := newHub()
	var log []int
	var in []*listener
	for name := range 100_000 {
		in = append(in, join(h, name, &log))
	}
	for _, i := range rand.Perm(len(in)) {
		in[i].sub.Cancel()
	}
	assert.LessOrEqual(t, cap(h.entries), 128)
	assert.Equal(t, NoSubscriber, h.Emit(1))
	again := join(h, 7, &log)
	assert.Equal(t, Sent, h.Emit(1))
	assert.Equal(t, []int{7}, log)
	again.sub.Cancel()
}

func TestASubscriptionIsSmall(t *testing.T) {
	assert.LessOrEqual(t, unsafe.Sizeof(Sub[int]{}), uintptr(48))
	assert.LessOrEqual(t, unsafe.Sizeof(entry[int]{}), uintptr(40))
}

func TestAnEmissionAllocatesNothing(t *testing.T) {
	h := newHub()
	log := make([]int, 0, 1<<16)
	for name := range 100 {
		join(h, name, &log)
	}
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		log = log[:0]
		h.Emit(1)
	}))
}

func TestABadRequestOnAHubAtRestIsAnsweredAtOnce(t *testing.T) {
	h := newHub()
	var log []int
	l := join(h, 1, &log)
	l.sub.Request(0)
	assert.Equal(t, errBad, l.err)
	assert.Equal(t, 1, l.ends)
	assert.Zero(t, h.Subscribers())
	assert.Equal(t, Sent, h.Close(nil))
	assert.Equal(t, 1, l.ends)
}

func TestTheRingKeepsOrderWhileItGrowsAndWraps(t *testing.T) {
	var r ring[int]
	next, want := 0, 0
	for range 1000 {
		for range rand.IntN(40) {
			if r.push(next, 100) {
				next++
			} else {
				require.Equal(t, 100, r.n)
			}
		}
		for range rand.IntN(40) {
			if r.n == 0 {
				break
			}
			require.Equal(t, want, r.pop())
			want++
		}
	}
	assert.LessOrEqual(t, len(r.buf), 128)
	assert.False(t, r.push(1, 0))
}

func TestABufferGoesOnLookingForDemandWhereItMetNone(t *testing.T) {
	h := newHub()
	h.Policy = Buffer
	var log []int
	var in []*listener
	for name := range 5 {
		l := &listener{name: name, sub: h.Prepare(context.Background()), log: &log}
		h.Join(l.sub, l)
		in = append(in, l)
	}
	require.Equal(t, Sent, h.Emit(1))
	for i, want := range []int{1, 2, 3, 4} {
		in[i].sub.Request(1)
		assert.Equal(t, want, h.seen)
	}
	assert.Empty(t, log)
	in[4].sub.Cancel()
	assert.Equal(t, []int{0, 1, 2, 3}, log, "a cancel may be what the others waited for")
	assert.Zero(t, h.ring.n)
}

func TestABufferHoldsWhatItsLimitSaysAndWhatIsOnItsWay(t *testing.T) {
	h := newHub()
	h.Policy, h.Limit = Buffer, 2
	var inside []Outcome
	s := h.Prepare(context.Background())
	s.Request(Unbounded)
	h.Join(s, receiver(func(v int) {
		if v == 1 {
			for w := 2; w <= 4; w++ {
				inside = append(inside, h.Emit(w))
			}
		}
	}))
	assert.Equal(t, Sent, h.Emit(1))
	assert.Equal(t, []Outcome{Sent, Sent, Overflow}, inside)
	assert.Equal(t, Stats{Subscribers: 1, Emitted: 3, Delivered: 3, Overflowed: 1}, h.Stats())
}

// receiver is a subscriber that is one function.
type receiver func(v int)

func (r receiver) OnNext(v int)  { r(v) }
func (r receiver) OnError(error) {}
func (r receiver) OnComplete()   {}
