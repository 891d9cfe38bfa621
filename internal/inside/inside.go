// Package inside holds the promises that Freshet's packages make each other and
// nobody else can make.
package inside

// Token makes a method uncallable, and so unwritable, outside this module; likewise
// a function. The field keeps a struct{}{} from passing for one.
type Token struct{ _ struct{} }

// Publisher marks a publisher of this module that keeps the whole contract by
// itself: serialized signals, demand, one terminal, panics taken. flux
// subscribes to it directly, without the guard that foreign publishers get.
type Publisher interface{ KeepsContract(Token) }

// Conditional is a subscriber that says whether a value used up demand.
// TryOnNext(v) == false means that v was rejected and another may be sent in
// its place at once. It obeys the rules of OnNext.
type Conditional[T any] interface{ TryOnNext(v T) bool }

// PanicTaker is a subscriber that may have been running user code, or stands
// above one that may. TakePanic delivers p as an error if a user function of
// this stage was running, and otherwise hands it on downstream; it reports
// whether a stage took it. The goroutine that owned the signal in progress
// calls it.
type PanicTaker interface{ TakePanic(p error) bool }

// CancelsItself marks a subscriber that cancels its subscription when the
// context it subscribed with is done, so that flux need not watch the context
// for it.
type CancelsItself interface{ CancelsItself(Token) }
