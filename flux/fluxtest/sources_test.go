package fluxtest_test

import (
	"context"
	"sync"
	"time"

	"github.com/freshet-go/freshet/flux"
)

// publisherFunc makes a publisher of a function, without any care.
type publisherFunc[T any] func(ctx context.Context, s flux.Subscriber[T])

func (f publisherFunc[T]) Subscribe(ctx context.Context, s flux.Subscriber[T]) { f(ctx, s) }

// handle is a subscription made of two functions; nil does nothing.
type handle struct {
	request func(n int64)
	cancel  func()
}

func (h handle) Request(n int64) {
	if h.request != nil {
		h.request(n)
	}
}

func (h handle) Cancel() {
	if h.cancel != nil {
		h.cancel()
	}
}

// ticks sends 0, 1, 2, ... every period from a timer, whatever the demand, until
// it is cancelled; then, when it is deaf to a cancel, it goes on.
func ticks(period time.Duration, deaf bool) flux.Publisher[int] {
	return publisherFunc[int](func(_ context.Context, s flux.Subscriber[int]) {
		var mu sync.Mutex
		var timer *time.Timer
		n := 0
		s.OnSubscribe(handle{cancel: func() {
			mu.Lock()
			defer mu.Unlock()
			if !deaf && timer != nil {
				timer.Stop()
			}
		}})
		mu.Lock()
		defer mu.Unlock()
		timer = time.AfterFunc(period, func() {
			s.OnNext(n)
			mu.Lock()
			defer mu.Unlock()
			n++
			timer.Reset(period)
		})
	})
}

// naturals counts for ever, synchronously, as far as demand goes.
func naturals() flux.Publisher[int] {
	return flux.FromSeq(func(yield func(int) bool) {
		for i := 0; yield(i); i++ {
		}
	})
}

// async sends the values from a goroutine of its own, all the same what the
// demand is, then completes.
func async(vs ...int) flux.Publisher[int] {
	return publisherFunc[int](func(_ context.Context, s flux.Subscriber[int]) {
		s.OnSubscribe(handle{})
		go func() {
			for _, v := range vs {
				s.OnNext(v)
			}
			s.OnComplete()
		}()
	})
}

// leakyPublisher leaves a goroutine behind that nothing ends.
func leakyPublisher() flux.Publisher[int] {
	return publisherFunc[int](func(_ context.Context, s flux.Subscriber[int]) {
		s.OnSubscribe(handle{})
		go func() { <-make(chan int) }()
		s.OnNext(1)
		s.OnComplete()
	})
}
