package fluxtest

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// drawBoth draws what was wanted above what came, on one scale of time, with a
// mark under the moment at. Values without a rune get a capital letter, which is
// explained below.
func (x *expectation[T]) drawBoth(got []Event[T], at time.Duration) string {
	names := &legend[T]{m: x.Marbles}
	var moments []time.Duration
	for _, e := range slices.Concat(x.want, got) {
		moments = append(moments, e.At)
	}
	slices.Sort(moments)
	moments = slices.Compact(moments)
	var want, came, mark strings.Builder
	now := time.Duration(0)
	for _, moment := range moments {
		gap := drawPause(moment - now)
		a, b := names.cell(x.want, moment), names.cell(got, moment)
		wide := max(utf8.RuneCountInString(a), utf8.RuneCountInString(b))
		want.WriteString(gap + pad(a, wide, "-"))
		came.WriteString(gap + pad(b, wide, "-"))
		sign := " "
		if moment == at {
			sign = "^"
		}
		mark.WriteString(strings.Repeat(" ", utf8.RuneCountInString(gap)) + pad(sign, wide, " "))
		now = moment + time.Duration(wide)*frame
	}
	rest := drawPause(x.length - now)
	return fmt.Sprintf("  want  %s%s\n  got   %s%s\n        %s\n%s",
		want.String(), rest, came.String(), rest, strings.TrimRight(mark.String(), " "), names.String())
}

// drawPause draws time that passes, nothing where a group has taken more.
func drawPause(gap time.Duration) string {
	if gap <= 0 {
		return ""
	}
	var b strings.Builder
	drawGap(&b, gap)
	if text := b.String(); strings.HasPrefix(text, "-") {
		return text
	}
	return " " + b.String()
}

func pad(s string, wide int, with string) string {
	return s + strings.Repeat(with, wide-utf8.RuneCountInString(s))
}

// legend names the values and errors that have no rune.
type legend[T any] struct {
	m      Marbles[T]
	values []T
	errs   []error
}

// cell gives the runes of what happens at a moment.
func (l *legend[T]) cell(events []Event[T], at time.Duration) string {
	var signs []rune
	for _, e := range events {
		if e.At == at {
			signs = append(signs, l.sign(e))
		}
	}
	if len(signs) > 1 {
		return "(" + string(signs) + ")"
	}
	return string(signs)
}

func (l *legend[T]) sign(e Event[T]) rune {
	switch e.Kind {
	case Complete:
		return '|'
	case Error:
		if !sameError(e.Err, l.m.err()) && !slices.ContainsFunc(l.errs, func(err error) bool { return sameError(err, e.Err) }) {
			l.errs = append(l.errs, e.Err)
		}
		return '#'
	}
	if r, ok := l.m.sign(e.Value); ok {
		return r
	}
	i := slices.IndexFunc(l.values, func(v T) bool { return reflect.DeepEqual(v, e.Value) })
	if i < 0 {
		i = len(l.values)
		l.values = append(l.values, e.Value)
	}
	return l.letter(i)
}

// letter gives the i-th capital that is not taken.
func (l *legend[T]) letter(i int) rune {
	for r := 'A'; ; r++ {
		if _, taken := l.m.Values[r]; !taken {
			if i == 0 {
				return r
			}
			i--
		}
	}
}

// String explains the letters and a # that is another error.
func (l *legend[T]) String() string {
	var b strings.Builder
	for i, v := range l.values {
		fmt.Fprintf(&b, "  %c = %s\n", l.letter(i), show(v))
	}
	for _, err := range l.errs {
		fmt.Fprintf(&b, "  # is not %q, but %q\n", l.m.err(), err)
	}
	return b.String()
}
