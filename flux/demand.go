package flux

import (
	"fmt"
	"math"
	"sync/atomic"
)

// demand counts what a subscriber has requested and not yet received.
//
// INVARIANTS
//   - n >= 0: open demand; Unbounded is sticky until a bad request.
//   - n < 0: poisoned, and sticky: Request(n+1) was called, which broke rule
//     3.9. The owner of the signals turns it into an error when it next looks,
//     because only the owner may send one.
type demand struct{ n atomic.Int64 }

// add adds a request and returns the demand there was before it.
func (d *demand) add(n int64) (before int64) {
	for {
		cur := d.n.Load()
		if cur == Unbounded && n > 0 || cur < 0 {
			return cur
		}
		next := addCap(cur, n)
		if n <= 0 {
			next = max(n, math.MinInt64+1) - 1
		}
		if d.n.CompareAndSwap(cur, next) {
			return cur
		}
	}
}

// sub takes used values off the demand and returns what is left.
func (d *demand) sub(used int64) (left int64) {
	for {
		cur := d.n.Load()
		if cur == Unbounded || cur < 0 || used == 0 {
			return cur
		}
		if d.n.CompareAndSwap(cur, cur-used) {
			return cur - used
		}
	}
}

func (d *demand) load() int64 { return d.n.Load() }

// err tells whether the demand was poisoned, and by what.
func (d *demand) err() error {
	if n := d.n.Load(); n < 0 {
		return badRequest(n + 1)
	}
	return nil
}

// addCap adds two demands that are not negative, saturating at Unbounded.
func addCap(a, b int64) int64 {
	if s := a + b; s >= 0 {
		return s
	}
	return Unbounded
}

func badRequest(n int64) error { return fmt.Errorf("Request(%d): %w", n, ErrBadRequest) }
