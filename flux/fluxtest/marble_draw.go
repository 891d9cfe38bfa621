package fluxtest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Draw gives the signals and the cancel of a record as a diagram that
// [Marbles.Parse] reads as the same events at the same times; requests, hooks and the
// subscription at time 0 are left out. Times of more than 9 frames are drawn as
// progressions.
//
// Not every record has a diagram: the error names a value without a rune, an error
// that is not Err, and two signals that are closer than the runes of the first one
// take, since in this notation each rune takes a frame.
func (m Marbles[T]) Draw(events []Event[T]) (string, error) {
	var b strings.Builder
	at := time.Duration(0)
	number := false // the last rune is a digit where a progression could begin
	events = slices.DeleteFunc(slices.Clone(events), func(e Event[T]) bool { return !drawn(e.Kind) })
	for len(events) > 0 {
		now := events[0].At
		n := 1
		for n < len(events) && events[n].At == now {
			n++
		}
		signs, err := m.signs(events[:n])
		if err != nil {
			return "", err
		}
		if now < at {
			return "", fmt.Errorf("marble: %s comes at %s, where %q still takes its frames", events[0], millis(now), b.String())
		}
		drawGap(&b, now-at)
		if now == at && number && !special(signs[0]) {
			b.WriteByte(' ') // "5s" would be a time
		}
		number = signs[0] >= '0' && signs[0] <= '9' && (b.Len() == 0 || strings.HasSuffix(b.String(), " "))
		at = now + time.Duration(len(signs))*frame
		b.WriteString(string(signs))
		events = events[n:]
	}
	return b.String(), nil
}

// drawn tells the kinds that a diagram has runes for.
func drawn(k Kind) bool { return k == Next || k == Error || k == Complete || k == Cancel }

// signs gives the runes of events that happen at the same time.
func (m Marbles[T]) signs(events []Event[T]) ([]rune, error) {
	var signs []rune
	for _, e := range events {
		switch e.Kind {
		case Next:
			r, ok := m.sign(e.Value)
			if !ok {
				return nil, fmt.Errorf("marble: no rune stands for the value %s", show(e.Value))
			}
			signs = append(signs, r)
		case Error:
			if !sameError(e.Err, m.err()) {
				return nil, fmt.Errorf("marble: # stands for the error %q, not for %q", m.err().Error(), e.Err.Error())
			}
			signs = append(signs, '#')
		case Complete:
			signs = append(signs, '|')
		case Cancel:
			signs = append(signs, '!')
		}
	}
	if len(signs) > 1 {
		signs = append(append([]rune{'('}, signs...), ')')
	}
	return signs, nil
}

// drawGap draws time that passes.
func drawGap(b *strings.Builder, gap time.Duration) {
	if gap <= 9*frame && gap%frame == 0 {
		b.WriteString(strings.Repeat("-", int(gap/frame)))
		return
	}
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
	b.WriteString(progress(gap) + " ")
}

// progress writes a time as a progression: in the largest unit that fits.
func progress(d time.Duration) string {
	switch {
	case d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d%time.Second == 0:
		return fmt.Sprintf("%ds", d/time.Second)
	case d%time.Millisecond == 0:
		return fmt.Sprintf("%dms", d/time.Millisecond)
	}
	return strings.TrimRight(fmt.Sprintf("%d.%06d", d/time.Millisecond, d%time.Millisecond), "0") + "ms"
}

// sameError compares errors as a diagram does: by identity or by their text.
func sameError(got, want error) bool {
	return errors.Is(got, want) || got != nil && want != nil && got.Error() == want.Error()
}
