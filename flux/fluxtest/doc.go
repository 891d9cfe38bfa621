// Package fluxtest tests streams: a script of what a publisher is expected to
// do, publishers driven by hand that can also break the rules, and probes
// between operators. Time is virtual, so that hours pass in microseconds and
// every moment is exact.
//
// # A script
//
// [Verify] begins a script, each method adds a step, the last one plays it:
//
//	func TestPricesPauseOnWeekends(t *testing.T) {
//		fluxtest.Verify(t, prices()).
//			WithDemand(2).
//			Next(100, 101).
//			NoEvent(48 * time.Hour).
//			Request(1).
//			NextMatches(func(p int) bool { return p > 100 }).
//			ErrorIs(ErrMarketClosed)
//	}
//
// Every signal must be expected: a value too many fails the script as does one
// that is missing. Expectations are met by the signals as they arrive. Request
// and Cancel are called inside the signal that met the step before them, which is
// what a real subscriber does; so a source without end can be cut off after its
// third value. NextFunc, ThenDo and everything that takes time wait until the
// publisher is at rest and run on the goroutine of the test, where all of t may be
// used.
//
// # Time
//
// A script runs in a bubble of [testing/synctest]: in the one the test is in (see
// [Run]), else in one of its own. The clock moves only in Advance, NoEvent and
// Await, and an expectation never waits: when the whole bubble is at rest and the
// signal is not there, it fails. So
//
//	fluxtest.Verify(t, flux.Interval(time.Hour)).NoEvent(time.Hour).Next(0).Cancel()
//
// says that the first value comes after exactly an hour, neither earlier nor
// later.
//
// When a script has ended, a bubble of its own lives on for a minute of virtual
// time. A signal in that minute breaks a rule; a goroutine that is still there at its
// end was left behind by the publisher, and the failure shows its stack.
//
// What the stream uses must belong to the same bubble. A channel, a timer or a
// goroutine that was made before the bubble began keeps it from coming to rest, and
// the test would hang (go test -timeout then shows a goroutine in synctest.Wait). Make
// such things inside [Run]:
//
//	fluxtest.Run(t, func(t *testing.T) {
//		c := make(chan int, 1)
//		c <- 1
//		fluxtest.Verify(t, flux.FromChan(c)).Next(1).NoEvent(time.Hour).Cancel()
//	})
//
// Real I/O cannot be in a bubble. [Verifier.RealTime] plays a script by the clock on
// the wall: an expectation then waits, for a given time at most. So does a script
// for a t that is not a *testing.T and is not in a bubble.
//
// # Rules
//
// The subscriber behind a script is a [Recorder], which watches the subscription
// contract whatever the script says. These fail a script, by their number in the
// Reactive Streams specification:
//
//	1.1   more values than requested
//	1.3   a signal while another one is being handled
//	1.7   a signal after the terminal one
//	1.8   a signal after a cancel, when everything had come to rest
//	1.9   a signal before OnSubscribe, no OnSubscribe at all, a panic in Subscribe
//	2.12  a second OnSubscribe
//	2.13  a nil subscription, a nil error
//	3.3   values sent from inside a Request made inside OnNext
//	3.15  a panic in Cancel
//	3.16  a panic in Request
//
// A publisher may break one on purpose: [Verifier.Tolerate]. Two signals that
// overlap are found when they do overlap; the race detector finds more.
//
// # Sources
//
// A [TestPublisher] is a source that the test drives: [Hot] sends to whoever is
// subscribed, [Cold] keeps everything for everybody. With a [Fault] it breaks one
// of the rules above, to see that an operator of yours shields its subscriber. A
// [Probe] stands between a source and an operator and tells what the operator
// asked for. Both, and the recorder, have a [Timeline]: the events with their
// times, counters, and assertions that show all of it when they fail.
//
// # Marbles
//
// [Marbles] reads and draws streams as diagrams, in the syntax of rxjs: sources are made of
// them, publishers are held against them, records are drawn as them.
//
//	fluxtest.Run(t, func(t *testing.T) {
//		var m fluxtest.Marbles[string]
//		src := m.Cold(t, "-a--b---c--|")
//		m.Expect(t, flux.From(src).Skip(1), "----b---c--|")
//		src.AssertSubscriptions(t, "^----------!")
//	})
//
// A failure draws the two one above the other:
//
//	fluxtest: the signals differ at 1ms: want next("b") at 4ms, got next("a") at 1ms
//	  want  ----b---c--|
//	  got   -a--b---c--|
//	         ^
//
// Package rules, below this one, runs a publisher or an operator of yours through the
// rules of the Reactive Streams specification.
//
// # Where a script does not fit
//
// Several subscribers at once, a subscriber that cancels in the middle of a value,
// a trace to compare with another: subscribe a [Recorder], let time pass with
// [Advance], look at its timeline.
//
// # Coming from reactor-test
//
//	StepVerifier.create(p), withVirtualTime(() -> p)  Verify(t, p)
//	create(p, n), thenRequest(n)                      WithDemand(n), Request(n)
//	expectNext, expectNextCount, expectNextMatches    Next, NextCount, NextMatches
//	consumeNextWith, assertNext                       NextFunc
//	thenConsumeWhile                                  NextWhile
//	thenAwait(d), expectNoEvent(d)                    Advance(d), NoEvent(d)
//	then, as                                          ThenDo, As
//	verifyComplete                                    Complete
//	verifyErrorSatisfies, verifyErrorMatches          ErrorMatches
//	verifyError(Class)                                ErrorIs, ErrorAs
//	verifyError()                                     AnyError
//	thenCancel().verify()                             Cancel
//	verifyThenAssertThat().hasDropped(...)            the Recorder that the last step returns
//	TestPublisher.create, createCold                  Hot, Cold
//	TestPublisher.createNoncompliant(...)             Hot(faults...), Cold(faults...)
//	PublisherProbe.of(p)                              NewProbe(p)
//	TestSubscriber                                    NewRecorder
//
// Two differences matter. The clock of a script always is virtual where that is
// possible, so nothing waits in a test; and expectNext, which waits, is a Next that
// does not: what takes time needs an Advance before it.
package fluxtest
