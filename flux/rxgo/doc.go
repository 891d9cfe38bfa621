// Package rxgo joins Freshet to RxGo (github.com/reactivex/rxgo/v2): [ToRxGo]
// makes an Observable of a publisher, [FromRxGo] a Flux of an Observable. It is for
// services that move from one to the other step by step, and a module of its own,
// so that nobody else depends on RxGo.
//
// The two differ in four things, and this is how each is carried over:
//
//   - Demand. RxGo has none; what it has is that a channel without a buffer makes
//     the sender wait. ToRxGo requests one value for each that the channel has
//     taken. FromRxGo receives only what was requested.
//   - Cancel. RxGo's only way to leave is the context of Observe. Its end cancels
//     the subscription of ToRxGo; a cancel of FromRxGo ends it.
//   - Errors. An item with an error is the end, as the same error.
//   - Types. RxGo's values are of type any. FromRxGo asserts them.
package rxgo
