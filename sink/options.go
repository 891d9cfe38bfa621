package sink

import "github.com/freshet-go/freshet/flux"

// Options of a sink. The zero value is the usual choice.
type Options struct {
	// Strict refuses an emission that meets another one in progress with
	// FailNonSerialized, as Reactor does, instead of handing it off. That
	// includes an emission from inside a signal of the same sink.
	Strict bool
	// KeepOpen is for [MulticastBuffer]: the sink is not cancelled when its last
	// subscriber leaves. Source: Reactor's autoCancel = false.
	KeepOpen bool
	// HandOff is the number of values that may wait in the hand-off queue
	// before emissions get FailNonSerialized; 0 means 256. Those that the
	// draining emitter has taken out to send, up to 32 at a time, wait no more.
	// The queue costs nothing until it is first needed. A negative number makes
	// a sink that has failed with an error matching [flux.ErrInvalid].
	HandOff int
	// Relief bounds what an emission sends for others: after so many values that
	// were handed over it returns and leaves the rest to a goroutine, which ends
	// when the queue is empty. 0 means no bound: the emission returns when nothing
	// is left, so that everything has been sent when all emitters have returned. A
	// negative number is an error as well. Not used by the replay sinks, where
	// nobody sends for others.
	Relief int
	// Hooks get what an emitter leaves behind: NextDropped a value that Emit
	// offered after the terminal, or that was handed off and reached nobody;
	// Discarded a value that met an overflow in Emit; ErrorDropped an error that
	// EmitError offered after the terminal, which goes to slog.Default if this
	// is nil. They are called by an emitting goroutine and must not block. What
	// goes wrong in a subscriber goes to the hooks of its own context.
	Hooks flux.Hooks
}

func (o Options) handOff() (n int, err error) {
	switch {
	case o.Relief < 0:
		return 0, invalid("Relief is %d, must not be negative", o.Relief)
	case o.HandOff < 0:
		return 0, invalid("HandOff is %d, must not be negative", o.HandOff)
	case o.HandOff == 0:
		return 256, nil
	}
	return o.HandOff, nil
}

// first gives the options of a constructor that takes them optionally.
func first(o []Options) Options {
	if len(o) == 0 {
		return Options{}
	}
	return o[0]
}
