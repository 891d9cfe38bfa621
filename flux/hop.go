package flux

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

// Executor runs tasks. Execute must not run the task before it returns unless it
// is meant to run it inline, must run every task once, and may be called by any
// goroutine. An operator has at most one task under way.
type Executor interface {
	Execute(task func())
}

// goroutines is the executor that starts a goroutine for each task.
type goroutines struct{}

func (goroutines) Execute(task func()) { go task() }
