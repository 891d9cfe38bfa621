package flux_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/freshet-go/freshet/flux"
)

// printer prints what it gets, and asks for as much as it is told to.
type printer struct{ flux.Subscription }

func (p *printer) OnSubscribe(s flux.Subscription) { p.Subscription = s }
func (p *printer) OnNext(v int)                    { fmt.Println("got", v) }
func (p *printer) OnError(err error)               { fmt.Println("error:", err) }
func (p *printer) OnComplete()                     { fmt.Println("complete") }

func ExampleFlux_Subscribe() {
	p := &printer{}
	flux.Range(1, 3).Subscribe(context.Background(), p)
	p.Request(1)
	fmt.Println("enough for now")
	p.Request(2)
	// Output:
	// got 1
	// enough for now
	// got 2
	// got 3
	// complete
}

func ExampleFlux_OnBackpressureDrop() {
	p := &printer{}
	lost := func(v int) { fmt.Println("lost", v) }
	push := make([]func(int), 1)
	src := flux.Create(func(_ context.Context, e *flux.Emitter[int]) { push[0] = e.Next })
	src.OnBackpressureDrop(lost).Subscribe(context.Background(), p)
	p.Request(1)
	push[0](1)
	push[0](2)
	p.Request(1)
	push[0](3)
	p.Cancel()
	// Output:
	// got 1
	// lost 2
	// got 3
}

func ExampleFlux_OnBackpressureError() {
	p := &printer{}
	flux.Just(1, 2).OnBackpressureError().Subscribe(context.Background(), p)
	// Output: error: overflow: more values than requested
}

func ExampleFlux_OnBackpressureLatest() {
	p := &printer{}
	flux.Just(1, 2, 3).OnBackpressureLatest().Subscribe(context.Background(), p)
	p.Request(1)
	// Output:
	// got 3
	// complete
}

func ExampleFlux_OnBackpressureBuffer() {
	p := &printer{}
	newest := flux.BufferSpec[int]{Size: 2, Overflow: flux.BufferDropOldest}
	flux.Just(1, 2, 3, 4).OnBackpressureBuffer(newest).Subscribe(context.Background(), p)
	p.Request(flux.Unbounded)
	// Output:
	// got 3
	// got 4
	// complete
}

func ExampleFlux_LimitRate() {
	requests := func(n int64) { fmt.Println("request", n) }
	_ = flux.Range(0, 10).DoOnRequest(requests).LimitRate(8).Drain(context.Background())
	// Output:
	// request 8
	// request 6
}

func ExampleFlux_LimitRateLow() {
	requests := func(n int64) { fmt.Println("request", n) }
	_ = flux.Range(0, 10).DoOnRequest(requests).LimitRateLow(8, 4).Drain(context.Background())
	// Output:
	// request 8
	// request 4
	// request 4
}

func ExampleFlux_PublishOn() {
	// The slow consumer runs on a goroutine of its own, not on that of the source.
	err := flux.Range(1, 3).PublishOn(flux.Prefetch(16)).ForEach(context.Background(), func(v int) error {
		if v == 3 {
			return errors.New("three is too many")
		}
		fmt.Println(v)
		return nil
	})
	fmt.Println(err)
	// Output:
	// 1
	// 2
	// three is too many
}

// loop is an executor: an event loop that runs tasks when it gets to them.
type loop struct{ tasks []func() }

func (l *loop) Execute(task func()) { l.tasks = append(l.tasks, task) }

func ExampleFlux_PublishOnExecutor() {
	ui := &loop{}
	flux.Just("redraw").PublishOnExecutor(ui).SubscribeFunc(context.Background(), func(s string) { fmt.Println(s) }, nil)
	fmt.Println("waiting for the loop")
	for _, task := range ui.tasks {
		task()
	}
	// Output:
	// waiting for the loop
	// redraw
}

func ExampleFlux_Share() {
	var push func(int)
	ticks := flux.Create(func(_ context.Context, e *flux.Emitter[int]) {
		fmt.Println("connected")
		push = e.Next
		e.OnDispose(func() { fmt.Println("disconnected") })
	}).Share()

	a := ticks.SubscribeFunc(context.Background(), func(v int) { fmt.Println("a", v) }, nil)
	b := ticks.SubscribeFunc(context.Background(), func(v int) { fmt.Println("b", v) }, nil)
	push(1)
	a.Cancel()
	push(2)
	b.Cancel()
	// Output:
	// connected
	// a 1
	// b 1
	// b 2
	// disconnected
}
