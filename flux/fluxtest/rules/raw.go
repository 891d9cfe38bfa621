package rules

import (
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/freshet-go/freshet/flux"
)

// raw is a subscriber that, unlike a recorder, goes on using a subscription
// which has ended.
type raw[T any] struct {
	up     flux.Subscription
	demand int64
	// panicked is the last panic of a Request or a Cancel.
	panicked atomic.Pointer[any]

	mu   sync.Mutex
	got  []string
	over bool
}

// to subscribes to p.
func (r *raw[T]) to(x *trial[T], p flux.Publisher[T], demand int64) (err error) {
	r.demand = demand
	defer func() {
		if v := recover(); v != nil {
			err = moot("not judged, since rule 1.9 is broken: Subscribe panicked: %v", v)
		}
	}()
	p.Subscribe(x.ctx, r)
	if r.up == nil {
		return moot("not judged, since rule 1.9 is broken: there is no subscription")
	}
	return nil
}

// OnSubscribe implements [flux.Subscriber].
func (r *raw[T]) OnSubscribe(s flux.Subscription) {
	if s == nil {
		return
	}
	r.up = shielded{s, &r.panicked}
	if r.demand > 0 {
		r.up.Request(r.demand)
	}
}

// OnNext implements [flux.Subscriber].
func (r *raw[T]) OnNext(v T) { r.add(fmt.Sprintf("next(%v)", v), false) }

// OnError implements [flux.Subscriber].
func (r *raw[T]) OnError(err error) { r.add(fmt.Sprintf("error(%v)", err), true) }

// OnComplete implements [flux.Subscriber].
func (r *raw[T]) OnComplete() { r.add("complete", true) }

func (r *raw[T]) add(text string, last bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, text)
	r.over = r.over || last
}

func (r *raw[T]) texts() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.got...)
}

func (r *raw[T]) signals() int { return len(r.texts()) }

func (r *raw[T]) ended() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.over
}

// shielded keeps the panics of a subscription from the trial, which judges
// something else.
type shielded struct {
	up       flux.Subscription
	panicked *atomic.Pointer[any]
}

func (s shielded) Request(n int64) { s.call(func() { s.up.Request(n) }) }
func (s shielded) Cancel()         { s.call(s.up.Cancel) }

func (s shielded) call(f func()) {
	defer func() {
		if p := recover(); p != nil {
			s.panicked.Store(&p)
		}
	}()
	f()
}
