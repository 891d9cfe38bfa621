// Package rules runs a publisher, or an operator, of yours through the rules of
// the Reactive Streams specification, 1.1 to 3.17, as the contract of package
// flux has them:
//
//	func TestMyPublisherKeepsTheRules(t *testing.T) {
//		rules.Publisher(t, rules.Config[int]{
//			Of:      func(n int) flux.Publisher[int] { return countTo(n) },
//			Failing: func(err error) flux.Publisher[int] { return failsWith(err) },
//		})
//	}
//
//	func TestMyOperatorKeepsTheRules(t *testing.T) {
//		rules.Operator(t, func(src flux.Publisher[int]) flux.Publisher[int] { return everySecond(src) })
//	}
//
// Each rule is a subtest, named by its number and by what it asks. A rule that no
// test can judge is a subtest too, skipped with the reason; so is one that
// does not apply, and one that could not be judged because a more basic one is broken.
//
// Everything runs in bubbles of package testing/synctest, one for each rule, so
// that a publisher with timers costs no time. What the publisher uses must be
// made inside [Config].Of and the other functions. They are called anew for each subscription.
//
// # What is asked
//
// The numbers are those of the specification for the JVM; the contract of package
// flux says some of the rules more sharply, and then that is asked: OnSubscribe
// comes before Subscribe returns (1.9), a bad request ends the stream with an error
// that matches flux.ErrBadRequest (3.9), Request and Cancel may be called by any goroutine
// (2.7, 3.1 ask nothing here). Rules 2.1 to 2.10 are those of a subscriber and are asked
// of an operator, which is the subscriber of its source.
package rules
