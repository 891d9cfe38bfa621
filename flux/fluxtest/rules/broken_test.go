package rules

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
)

// brokenFeed is one subscription of a broken publisher.
type brokenFeed struct {
	*broken
	down flux.Subscriber[int]

	mu        sync.Mutex
	demand    int64
	sent      int
	begun     bool
	busy      bool
	inNext    bool
	over      bool
	cancelled int
	bad       bool
}

func (f *brokenFeed) drive() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.begun || f.busy && !f.flaws.recurses {
		return
	}
	outer := f.busy
	f.busy = true
	for f.step() {
	}
	f.busy = outer
}

// step sends one signal; mu is held, and given up meanwhile.
func (f *brokenFeed) step() bool {
	last := f.bad || f.sent == f.n
	if f.flaws.never && last && !f.bad && f.demand != flux.Unbounded {
		return false
	}
	gone := f.cancelled > 0 && !f.flaws.ignoresCancel
	if f.over || gone || !last && f.demand == 0 && !f.flaws.deaf {
		return false
	}
	if last {
		f.over = true
		f.mu.Unlock()
		f.last()
		f.mu.Lock()
		return false
	}
	f.sent++
	if f.demand > 0 && (f.demand != flux.Unbounded || f.flaws.wraps) {
		f.demand--
	}
	v := f.sent
	f.inNext = true
	f.mu.Unlock()
	if f.flaws.together {
		var both sync.WaitGroup
		both.Go(func() { f.down.OnNext(v) })
		both.Go(func() { f.down.OnNext(v) })
		both.Wait()
	} else {
		f.down.OnNext(v)
	}
	f.mu.Lock()
	f.inNext = false
	return true
}

func (f *brokenFeed) last() {
	if f.flaws.leaksAtEnd {
		go leak(make(chan int))
	}
	switch {
	case f.bad:
		f.down.OnError(flux.ErrBadRequest)
	case f.err != nil && f.flaws.nilError:
		f.down.OnError(nil)
	case f.err != nil && !f.flaws.hidesError:
		f.down.OnError(f.err)
	case f.flaws.mute:
	default:
		f.down.OnComplete()
	}
	if f.flaws.goesOn {
		f.down.OnNext(-1)
	}
}

func (f *brokenFeed) Request(n int64) {
	f.mu.Lock()
	f.request(n)
	answer := f.flaws.answersLate && f.over || f.flaws.asksCancelled && f.cancelled > 0 && n <= 0
	f.mu.Unlock()
	if answer {
		f.down.OnError(flux.ErrBadRequest)
	}
	f.drive()
	if f.flaws.requestPanics {
		panic("broken")
	}
}

func (f *brokenFeed) request(n int64) {
	switch {
	case n <= 0:
		f.bad = f.bad || !f.flaws.lenient
	case f.flaws.noReentry && f.inNext:
	case f.flaws.forgets:
		f.demand = n
	default:
		f.demand += n
		if f.demand < 0 && f.flaws.wraps {
			f.demand = 0
		}
		if f.demand < 0 {
			f.demand = flux.Unbounded
		}
	}
}

func (f *brokenFeed) Cancel() {
	if f.flaws.slowCancel {
		time.Sleep(time.Second)
	}
	f.mu.Lock()
	f.cancelled++
	again := f.cancelled > 1
	ended := f.over
	f.mu.Unlock()
	switch {
	case again && f.flaws.chattyCancel:
		f.down.OnError(errors.New("cancelled already"))
	case again && f.flaws.secondPanics, f.flaws.cancelPanics:
		panic("broken")
	case !again && !ended && f.flaws.leaks:
		go leak(make(chan int))
	case !again && !ended && f.flaws.later:
		time.AfterFunc(time.Second, func() { f.down.OnNext(7) })
	}
	if !f.flaws.holds {
		held.Delete(f)
	}
}

// complaints gives the numbers of the rules that are broken, in order.
func complaints(t *testing.T, rules []rule) (numbers []string) {
	for _, r := range rules {
		if r.judge == nil {
			require.NotEmpty(t, r.why, r.number)
			continue
		}
		err := verdict(t, r)
		if moot := (*inconclusive)(nil); err != nil && !errors.As(err, &moot) {
			numbers = append(numbers, r.number)
			t.Logf("%s: %.300s", r.number, err)
		}
	}
	return numbers
}

func configOf(f flaws) Config[int] {
	return Config[int]{
		Of:      func(n int) flux.Publisher[int] { return &broken{n: n, flaws: f} },
		Failing: func(err error) flux.Publisher[int] { return &broken{n: 1, err: err, flaws: f} },
	}
}

func TestGoodPublisherKeepsTheRules(t *testing.T) {
	require.Empty(t, complaints(t, publisherRules(configOf(flaws{}))))
	Publisher(t, configOf(flaws{}))
}

func TestExactlyTheRulesThatAreBrokenComplain(t *testing.T) {
	for name, c := range map[string]struct {
		flaws flaws
		want  []string
	}{
		"values regardless of demand":         {flaws{deaf: true}, []string{"1.1"}},
		"an end that waits for demand":        {flaws{never: true}, []string{"1.2"}},
		"two signals at a time":               {flaws{together: true}, []string{"1.1", "1.3"}},
		"a failure that is a completion":      {flaws{hidesError: true}, []string{"1.4"}},
		"no completion":                       {flaws{mute: true}, []string{"1.2", "1.5"}},
		"an answer to a Request at the end":   {flaws{answersLate: true}, []string{"1.6"}},
		"a goroutine left at the end":         {flaws{leaksAtEnd: true}, []string{"1.6"}},
		"a value after the end":               {flaws{goesOn: true}, []string{"1.7"}},
		"a value a second after the cancel":   {flaws{later: true}, []string{"1.8"}},
		"a panic in Subscribe":                {flaws{panics: true}, []string{"1.9"}},
		"no OnSubscribe":                      {flaws{late: true}, []string{"1.9"}},
		"nothing for a second subscriber":     {flaws{shared: true}, []string{"1.11"}},
		"OnSubscribe twice":                   {flaws{twice: true}, []string{"2.12"}},
		"a nil error":                         {flaws{nilError: true}, []string{"2.13"}},
		"a nil subscription":                  {flaws{nilUp: true}, []string{"2.13"}},
		"no Request inside OnNext":            {flaws{noReentry: true}, []string{"3.2"}},
		"recursion":                           {flaws{recurses: true}, []string{"3.3"}},
		"a slow Cancel":                       {flaws{slowCancel: true}, []string{"3.5"}},
		"an answer to a Request after Cancel": {flaws{asksCancelled: true}, []string{"3.6"}},
		"an answer to a second Cancel":        {flaws{chattyCancel: true}, []string{"3.7"}},
		"a panic in the second Cancel":        {flaws{secondPanics: true}, []string{"3.7"}},
		"a Request that replaces the last":    {flaws{forgets: true}, []string{"3.8"}},
		"a bad request without an answer":     {flaws{lenient: true}, []string{"3.9"}},
		"no ear for Cancel":                   {flaws{ignoresCancel: true}, []string{"3.6", "3.12"}},
		"a subscriber that is kept":           {flaws{holds: true}, []string{"3.13"}},
		"a goroutine left at a cancel":        {flaws{leaks: true}, []string{"3.13"}},
		"a panic in Cancel":                   {flaws{cancelPanics: true}, []string{"3.15"}},
		"a panic in Request":                  {flaws{requestPanics: true}, []string{"3.16"}},
		"demand that overflows":               {flaws{wraps: true}, []string{"3.17"}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, complaints(t, publisherRules(configOf(c.flaws))))
		})
	}
}
