package fluxtest

// Fault is a way in which a [TestPublisher] breaks the contract on purpose, to
// see what an operator or a subscriber makes of it. Faults add up. The rule that
// each breaks is named beside it.
type Fault uint16

const (
	// IgnoreDemand sends values whatever was requested (1.1).
	IgnoreDemand Fault = 1 << iota
	// Concurrent has the values of one Next or Emit sent at the same time, each
	// signal by a goroutine of its own, without regard to demand; Next returns when
	// all have been sent (1.3).
	Concurrent
	// AfterTerminal goes on after Complete and Error: later signals are sent (1.7).
	AfterTerminal
	// AfterCancel goes on after a cancel (1.8).
	AfterCancel
	// NoOnSubscribe never calls OnSubscribe; it includes IgnoreDemand (1.9).
	NoOnSubscribe
	// PanicInSubscribe panics instead of subscribing (1.9).
	PanicInSubscribe
	// TwoOnSubscribe calls OnSubscribe twice (2.12).
	TwoOnSubscribe
	// NilSubscription calls OnSubscribe(nil); it includes IgnoreDemand (2.13).
	NilSubscription
	// NilError lets Error(nil) pass on nil, instead of an error that matches
	// flux.ErrInvalid (2.13).
	NilError
	// RecursiveRequest sends values that are there from inside a Request that was
	// made inside OnNext (3.3).
	RecursiveRequest
	// PanicInCancel panics in Cancel, after it took effect (3.15).
	PanicInCancel
	// PanicInRequest panics in Request, after it took effect (3.16).
	PanicInRequest
)

func (f Fault) has(one Fault) bool { return f&one != 0 }

// deaf reports whether demand does not matter.
func (f Fault) deaf() bool { return f.has(IgnoreDemand | NoOnSubscribe | NilSubscription) }
