package sink

import (
	"fmt"
	"math"
	"time"

	"github.com/freshet-go/freshet/flux"
)

// DefaultCount is how many entries a [Log] keeps if nothing else bounds its
// memory.
const DefaultCount = 10_000

// LogOptions say what a [Log] keeps, and how it names it. The zero value keeps
// the newest DefaultCount entries, for as long as the program runs. The bounds
// hold together: the oldest entry goes as soon as one of them is passed, by the
// goroutine that appends.
type LogOptions[T any] struct {
	// Count is the most entries that are kept. 0 means DefaultCount, or no bound
	// if Bytes is set: something always bounds the memory, unless you give
	// math.MaxInt. Age alone does not, since nobody knows how much comes in that
	// time.
	Count int

	// Bytes is the most that the kept entries may take, as Size counts; 0 means
	// no bound. An entry that is larger all by itself is refused with an error
	// that matches [ErrOverflow].
	Bytes int64

	// Size gives the size of a value in bytes, to which the log adds the length
	// of the id. It is called once for each value, by the goroutine that appends
	// it, and must not be negative. Nil means the length of a string or []byte;
	// for other types Bytes needs a Size, except in [OpenLog], which counts the
	// bytes of the encoded value.
	Size func(T) int

	// Age is how long an entry is kept; 0 means no bound. Nobody is sent an
	// older one, and it is let go at the next append, subscription or Stats: the
	// log has no timer, so a log that nobody touches keeps what it has.
	Age time.Duration

	// NextID gives the id of the entry number n of the log, which is 0 for its
	// first and one more for each that follows. It is called by the goroutine that
	// appends, with no lock held, and again if another append took the number
	// meanwhile: ids that it gives in growing order stand in the log in growing
	// order. It must not use the log. Nil means ids that are unique and sort by
	// time. Ids should grow, shorter ones first and then byte by byte; those that
	// do not are found through an index, which costs some 50 bytes for each entry.
	NextID func(n uint64) string

	// File is for [OpenLog] only.
	File LogFile[T]
}

// keep is how much a log keeps: options with the defaults filled in.
type keep struct {
	count int
	bytes int64
	age   time.Duration
}

func (o *LogOptions[T]) keep(encoded bool) (keep, error) {
	k := keep{count: o.Count, bytes: o.Bytes, age: o.Age}
	switch {
	case o.Count < 0:
		return k, fmt.Errorf("%w: sink: Count is %d, must not be negative", flux.ErrInvalid, o.Count)
	case o.Bytes < 0:
		return k, fmt.Errorf("%w: sink: Bytes is %d, must not be negative", flux.ErrInvalid, o.Bytes)
	case o.Age < 0:
		return k, fmt.Errorf("%w: sink: Age is %v, must not be negative", flux.ErrInvalid, o.Age)
	case o.Bytes > 0 && !encoded && o.size() == nil:
		return k, fmt.Errorf("%w: sink: Bytes is %d, which needs a Size for values of type %T", flux.ErrInvalid, o.Bytes, *new(T))
	}
	if k.count == 0 {
		k.count = DefaultCount
		if k.bytes > 0 {
			k.count = math.MaxInt
		}
	}
	if k.bytes == 0 {
		k.bytes = math.MaxInt64
	}
	return k, nil
}

// size is the function that Size stands for, nil if there is none.
func (o *LogOptions[T]) size() func(T) int {
	if o.Size != nil {
		return o.Size
	}
	switch any(*new(T)).(type) {
	case string:
		return func(v T) int { return len(any(v).(string)) }
	case []byte:
		return func(v T) int { return len(any(v).([]byte)) }
	}
	return nil
}

// An AfterOption says what [Log.After] does where it cannot simply go on behind
// an id. At most one of each pair; the last one counts.
type AfterOption struct{ set func(*after) }

// after is a position asked for.
type after struct {
	id      string
	fromNow bool
	or      missing
}

// missing is what becomes of a reader that missed entries.
type missing uint8

const (
	orFail missing = iota
	orOldest
	orNow
)

func afterOf(id string, options []AfterOption) after {
	a := after{id: id}
	for _, o := range options {
		if o.set != nil {
			o.set(&a)
		}
	}
	return a
}

// FromOldest starts a reader without an id at the oldest entry that is kept.
// This is the default: whoever has seen nothing is after everything, and a
// client that loses its first connection before the first event loses nothing.
func FromOldest() AfterOption { return AfterOption{func(a *after) { a.fromNow = false }} }

// FromNow starts a reader without an id with the next entry that is appended.
func FromNow() AfterOption { return AfterOption{func(a *after) { a.fromNow = true }} }

// OrOldest lets a reader that missed entries go on with the oldest that is kept,
// instead of failing with a [GapError]: one whose id is not in the log (any
// more), and one that fell behind what is kept. The first entry behind the gap
// says so in Missed.
func OrOldest() AfterOption { return AfterOption{func(a *after) { a.or = orOldest }} }

// OrNow lets a reader that missed entries go on with the next one that is
// appended, instead of failing with a [GapError], and so miss those that are
// kept as well. That entry says so in Missed.
func OrNow() AfterOption { return AfterOption{func(a *after) { a.or = orNow }} }
