package flux

import "context"

// PublishOn passes every signal on to another goroutine: one of its own that
// exists only while there is something to pass, so an idle subscription owns
// none. Signals stay in order and are never concurrent. Prefetch(n) (default
// 256) values are requested ahead and again in batches of three quarters; an
// error waits for the values before it, unless CutErrors is given. Use [Flux.PublishOnExecutor] for
// another place to run. Cost: a queue, and a goroutine start whenever the queue
// was empty.
//
// Source: Reactor's Flux.publishOn.
func (f Flux[T]) PublishOn(o ...HopOption) Flux[T] {
	return f.PublishOnExecutor(goroutines{}, o...)
}

// PublishOnExecutor is PublishOn with the signals passed on by exec.
//
// Source: Reactor's Flux.publishOn(Scheduler).
func (f Flux[T]) PublishOnExecutor(exec Executor, o ...HopOption) Flux[T] {
	cfg := options{prefetch: defaultHop}
	for _, opt := range o {
		if opt == nil {
			cfg.err = invalid("nil option")
			continue
		}
		opt.hop(&cfg)
	}
	switch {
	case exec == nil:
		return Error[T](invalid("PublishOnExecutor(nil): the executor must not be nil"))
	case cfg.err != nil:
		return Error[T](cfg.err)
	}
	return hopping(f, exec, hopOptions{ahead: cfg.prefetch, batch: refillAt(cfg.prefetch), errorsCut: cfg.errorsCut})
}

type hopOptions struct {
	ahead     int  // values requested ahead
	batch     int  // values requested again at a time
	errorsCut bool // an error does not wait for the values before it
}

func hopping[T any](f Flux[T], exec Executor, o hopOptions) Flux[T] {
	src := f.source()
	return Flux[T]{sourceFunc[T](func(ctx context.Context, s Subscriber[T]) {
		src.subscribe(ctx, &publishOn[T]{
			hopOptions: o,
			drain:      drain[T]{ctx: ctx, down: s, push: pusher(s), exec: exec, cut: o.errorsCut},
		})
	})}
}

// goroutines is the executor that starts a goroutine for each task.
type goroutines struct{}

func (goroutines) Execute(task func()) { go task() }

type publishOn[T any] struct {
	hopOptions
	drain[T]
	count int // values taken since the last request, by the drainer
}

func (p *publishOn[T]) OnSubscribe(s Subscription) {
	p.up = s
	if p.ahead != unlimited {
		p.taken = p.refill
	}
	p.down.OnSubscribe(p)
	s.Request(prefetchDemand(p.ahead))
}

func (p *publishOn[T]) OnNext(v T) {
	p.mu.Lock()
	full := p.queue.len() >= queueBound(p.ahead)
	if !full {
		p.queue.push(v)
	}
	p.mu.Unlock()
	if full {
		p.up.Cancel()
		p.end(ErrOverflow)
		return
	}
	p.change()
}

func (p *publishOn[T]) OnError(err error) { p.end(err) }
func (p *publishOn[T]) OnComplete()       { p.end(nil) }
func (p *publishOn[T]) Request(n int64)   { p.request(n) }

func (p *publishOn[T]) Cancel() {
	p.up.Cancel()
	p.cancel()
}

func (p *publishOn[T]) refill() {
	p.count++
	if p.count == p.batch {
		p.count = 0
		p.up.Request(int64(p.batch))
	}
}
