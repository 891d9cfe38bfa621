package fluxtest_test

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

// Publishers that break one rule each, under a script which they otherwise
// follow.
func TestBrokenRuleFailsTheScriptWithItsNumber(t *testing.T) {
	type sub = flux.Subscriber[int]
	type verifier = *fluxtest.Verifier[int]
	plain := func(f func(s sub)) flux.Publisher[int] {
		return publisherFunc[int](func(_ context.Context, s sub) { f(s) })
	}
	complete := func(v verifier) { v.Complete() }
	for name, c := range map[string]struct {
		src  flux.Publisher[int]
		play func(v verifier)
		want string
	}{
		"1.1 beyond the demand": {
			plain(func(s sub) { s.OnSubscribe(handle{}); s.OnNext(1); s.OnNext(2); s.OnComplete() }),
			func(v verifier) { v.WithDemand(1).Next(1, 2).Complete() }, "next came with no demand left"},
		"1.3 at the same time": {
			plain(func(s sub) {
				s.OnSubscribe(handle{})
				send := func() { // so often that two of them meet
					for range 3000 {
						s.OnNext(1)
						runtime.Gosched()
					}
				}
				together(send, send)
				s.OnComplete()
			}),
			func(v verifier) { v.Next(slices.Repeat([]int{1}, 6000)...).Complete() }, "next came while another signal was being handled"},
		"1.7 value after the end": {
			plain(func(s sub) { s.OnSubscribe(handle{}); s.OnComplete(); s.OnNext(1) }),
			complete, "next came after the terminal signal"},
		"1.7 error after the end": {
			plain(func(s sub) { s.OnSubscribe(handle{}); s.OnComplete(); s.OnError(errBoom) }),
			complete, "error came after the terminal signal"},
		"1.7 second end": {
			plain(func(s sub) { s.OnSubscribe(handle{}); s.OnError(errBoom); s.OnComplete() }),
			func(v verifier) { v.Error(errBoom) }, "complete came after the terminal signal"},
		"1.9 no OnSubscribe": {
			plain(func(s sub) {}),
			func(v verifier) { v.NoEvent(1).Cancel() }, "OnSubscribe was never called"},
		"1.9 value before OnSubscribe": {
			plain(func(s sub) { s.OnNext(1); s.OnSubscribe(handle{}); s.OnComplete() }),
			func(v verifier) { v.Next(1).Complete() }, "next came before OnSubscribe"},
		"1.9 panic in Subscribe": {
			plain(func(s sub) { s.OnSubscribe(handle{}); s.OnComplete(); panic("oh") }),
			complete, "Subscribe panicked: oh"},
		"2.12 two OnSubscribe": {
			plain(func(s sub) { s.OnSubscribe(handle{}); s.OnSubscribe(handle{}); s.OnComplete() }),
			complete, "OnSubscribe was called twice"},
		"2.13 nil subscription": {
			plain(func(s sub) { s.OnSubscribe(nil); s.OnComplete() }),
			complete, "OnSubscribe(nil)"},
		"2.13 nil error": {
			plain(func(s sub) { s.OnSubscribe(handle{}); s.OnError(nil) }),
			func(v verifier) { v.Error(nil) }, "OnError(nil)"},
		"3.3 Request that recurses": {
			plain(func(s sub) {
				n := 0
				s.OnSubscribe(handle{request: func(int64) { n++; s.OnNext(n) }})
			}),
			func(v verifier) { v.WithDemand(1).Next(1).Request(1).Next(2).Cancel() }, "Request recursed"},
		"3.15 panic in Cancel": {
			plain(func(s sub) { s.OnSubscribe(handle{cancel: func() { panic("oh") }}) }),
			func(v verifier) { v.Cancel() }, "Cancel panicked: oh"},
		"3.16 panic in Request": {
			plain(func(s sub) { s.OnSubscribe(handle{request: func(int64) { panic("oh") }}) }),
			func(v verifier) { v.Cancel() }, "Request(9223372036854775807) panicked: oh"},
	} {
		t.Run(name, func(t *testing.T) {
			rule, _, _ := strings.Cut(name, " ")
			fluxtest.Run(t, func(t *testing.T) {
				fake := &fakeT{}
				c.play(fluxtest.Verify(fake, c.src))
				require.Len(t, fake.errors, 1)
				require.Regexp(t, `^fluxtest: the publisher broke rule `+rule+":", fake.text(), "the script itself holds")
				require.Contains(t, fake.text(), c.want)
				require.Equal(t, 1, fake.failNow)

				fake = &fakeT{}
				c.play(fluxtest.Verify(fake, c.src).Tolerate(rule))
				require.Empty(t, fake.errors, "a rule that is tolerated")
			})
		})
	}
}

func TestSignalAfterACancelThatCameToRestBreaksARule(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		rec := fluxtest.Verify(t, publisherFunc[int](func(_ context.Context, s flux.Subscriber[int]) {
			s.OnSubscribe(handle{})
			timer := time.AfterFunc(time.Minute, func() { s.OnNext(1) })
			context.AfterFunc(ctx, func() { timer.Stop() })
		})).Cancel()
		rec.AssertNoViolations(t)
		fluxtest.Advance(time.Minute)
		fake := &fakeT{}
		require.False(t, rec.AssertNoViolations(fake))
		require.Contains(t, fake.text(), "rule 1.8: next came after the cancel")
	})
}

// The faults of a test publisher are the rules that a verifier sees broken.
func TestVerifierSeesTheFaultsOfATestPublisher(t *testing.T) {
	type verifier = *fluxtest.Verifier[int]
	for name, c := range map[string]struct {
		fault fluxtest.Fault
		play  func(v verifier, pub *fluxtest.TestPublisher[int])
	}{
		"1.1": {fluxtest.IgnoreDemand, func(v verifier, pub *fluxtest.TestPublisher[int]) {
			v.WithDemand(0).ThenDo(func() { pub.Emit(1) }).Next(1).Complete()
		}},
		"1.3": {fluxtest.Concurrent, func(v verifier, pub *fluxtest.TestPublisher[int]) {
			v.ThenDo(func() { pub.Next(make([]int, 200)...) }).NextCount(200).Cancel()
		}},
		"1.7": {fluxtest.AfterTerminal, func(v verifier, pub *fluxtest.TestPublisher[int]) {
			v.ThenDo(func() { pub.Complete().Next(1) }).Complete()
		}},
		"1.9": {fluxtest.NoOnSubscribe, func(v verifier, pub *fluxtest.TestPublisher[int]) {
			v.ThenDo(func() { pub.Emit(1) }).Next(1).Complete()
		}},
		"1.9 panic": {fluxtest.PanicInSubscribe, func(v verifier, pub *fluxtest.TestPublisher[int]) {
			v.Cancel()
		}},
		"2.12": {fluxtest.TwoOnSubscribe, func(v verifier, pub *fluxtest.TestPublisher[int]) {
			v.NoEvent(1).Cancel()
		}},
		"2.13": {fluxtest.NilSubscription, func(v verifier, pub *fluxtest.TestPublisher[int]) {
			v.ThenDo(func() { pub.Emit(1) }).Next(1).Complete()
		}},
		"2.13 error": {fluxtest.NilError, func(v verifier, pub *fluxtest.TestPublisher[int]) {
			v.ThenDo(func() { pub.Error(nil) }).Error(nil)
		}},
		"3.15": {fluxtest.PanicInCancel, func(v verifier, pub *fluxtest.TestPublisher[int]) {
			v.Cancel()
		}},
		"3.16": {fluxtest.PanicInRequest, func(v verifier, pub *fluxtest.TestPublisher[int]) {
			v.Cancel()
		}},
	} {
		t.Run(name, func(t *testing.T) {
			rule, _, _ := strings.Cut(name, " ")
			fluxtest.Run(t, func(t *testing.T) {
				fake, pub := &fakeT{}, fluxtest.Hot[int](c.fault)
				c.play(fluxtest.Verify(fake, pub), pub)
				require.Regexp(t, `^fluxtest: the publisher broke rule `+rule+":", fake.text())
			})
		})
	}
}

func TestRecursiveRequestFault(t *testing.T) {
	fluxtest.Run(t, func(t *testing.T) {
		pub := fluxtest.Cold[int](fluxtest.RecursiveRequest).Emit(1, 2)
		rec := fluxtest.NewRecorder[int](1)
		rec.Each(func(int) { rec.Request(1) })
		pub.Subscribe(t.Context(), rec)
		require.Equal(t, "3.3", rec.Violations()[0].Rule)

		pub = fluxtest.Cold[int]().Emit(1, 2)
		rec = fluxtest.NewRecorder[int](1)
		rec.Each(func(int) { rec.Request(1) })
		pub.Subscribe(t.Context(), rec)
		rec.AssertNoViolations(t)
		rec.AssertValues(t, 1, 2)
		rec.AssertCompleted(t)
	})
}

// together runs the functions at the same time.
func together(fs ...func()) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for _, f := range fs {
		all.Go(func() {
			<-start
			f()
		})
	}
	close(start)
	all.Wait()
}
