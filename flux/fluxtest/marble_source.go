package fluxtest

import "time"

// Hot gives a hot [TestPublisher] that sends the signals of a diagram from now
// on, whether anybody is subscribed or not. With a ^ that is the present, and what
// stands before it has been; without one the present is the first frame, whose
// signal nobody can see. It must be called in a bubble (see [Run]).
//
// A bad diagram fails the test.
func (m Marbles[T]) Hot(t TB, diagram string) *TestPublisher[T] {
	t.Helper()
	p := Hot[T]()
	p.begin()
	playMarble(m.script(t, diagram, "Hot"), func(e Event[T]) bool { p.send(e); return true })
	return p
}

// Cold gives a cold [TestPublisher] that sends each subscriber the signals of a
// diagram, from the moment of its subscription on. A value that was not requested
// when its time came waits for the request. It must be subscribed to in a bubble
// (see [Run]).
//
// A bad diagram fails the test; so does a ^, since a cold source begins with the
// subscription.
func (m Marbles[T]) Cold(t TB, diagram string) *TestPublisher[T] {
	t.Helper()
	p := Cold[T]()
	p.begin()
	p.script = m.script(t, diagram, "Cold")
	return p
}

// script reads the diagram of a source.
func (m Marbles[T]) script(t TB, diagram, what string) []Event[T] {
	t.Helper()
	events, _, err := m.Parse(diagram)
	var script []Event[T]
	for _, e := range events {
		switch {
		case e.Kind == Cancel || e.Kind == Subscribe && what == "Cold":
			t.Errorf("fluxtest: Marbles.%s(%q): a source has no %s of its own", what, diagram, e.Kind)
			t.FailNow()
			return nil
		case e.Kind != Subscribe && e.At >= 0:
			script = append(script, e)
		}
	}
	if err != nil {
		t.Errorf("fluxtest: %v", err)
		t.FailNow()
	}
	return script
}

// playMarble hands out each event at its time, those of time 0 now, until send
// reports false. One timer is under way at a time, so that a source which was
// cancelled leaves one behind at most.
func playMarble[T any](events []Event[T], send func(Event[T]) bool) {
	start := time.Now()
	var play func(rest []Event[T])
	play = func(rest []Event[T]) {
		for len(rest) > 0 {
			if wait := rest[0].At - time.Since(start); wait > 0 {
				time.AfterFunc(wait, func() { play(rest) })
				return
			}
			if !send(rest[0]) {
				return
			}
			rest = rest[1:]
		}
	}
	play(events)
}

// begin makes the present the time 0 of the timeline.
func (l *Timeline[T]) begin() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.start = time.Now()
}

// play begins the script of a cold publisher for one subscriber.
func (f *feed[T]) play() {
	playMarble(f.pub.script, func(e Event[T]) bool {
		f.mu.Lock()
		over := f.over
		f.mu.Unlock()
		if !over {
			f.offer(e)
		}
		return !over
	})
}
