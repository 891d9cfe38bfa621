package fluxtest

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
)

// frame is the time that a rune of a diagram takes.
const frame = time.Millisecond

// mark is a rune of a diagram that means an event.
type mark struct {
	at   time.Duration
	sign rune
}

func (k mark) kind() Kind {
	switch k.sign {
	case '|':
		return Complete
	case '#':
		return Error
	case '^':
		return Subscribe
	case '!':
		return Cancel
	}
	return Next
}

// special reports whether a rune cannot stand for a value.
func special(r rune) bool { return strings.ContainsRune("-|#^!()", r) || unicode.IsSpace(r) }

// progression is time that passes, up to and without the blank behind it.
var progression = regexp.MustCompile(`^(\d+(?:\.\d+)?(?:ms|s|m))(?:\s|$)`)

// marbleScan is the state between two runes of a diagram.
//
// INVARIANTS: at is the time of the next rune, except inside a group, whose runes
// happen at opened while at runs on; zero is the time of the ^; nothing but an end
// of the subscription and time follows a terminal.
type marbleScan struct {
	at, zero time.Duration
	opened   time.Duration
	inGroup  bool
	anchored bool
	over     bool // a terminal was read
	cut      bool // a ! was read
	marks    []mark
}

// scanMarble reads a diagram, without the meaning of its values. Times count from
// the ^ where there is one.
func scanMarble(diagram string) (marks []mark, length time.Duration, err error) {
	s, err := scanFrames(diagram)
	if err != nil {
		return nil, 0, err
	}
	for i := range s.marks {
		s.marks[i].at -= s.zero
	}
	return s.marks, s.at - s.zero, nil
}

// scanFrames reads a diagram with times that count from the first frame.
func scanFrames(diagram string) (*marbleScan, error) {
	s := &marbleScan{}
	wrong := func(i int, why string, args ...any) error {
		return fmt.Errorf("marble %q, column %d: %s", diagram, i+1, fmt.Sprintf(why, args...))
	}
	blank := true // the rune before is a blank, or there is none
	skip := 0
	for i, r := range diagram {
		if i < skip {
			continue
		}
		if blank {
			if found := progression.FindString(diagram[i:]); found != "" {
				word := strings.TrimRightFunc(found, unicode.IsSpace)
				d, err := time.ParseDuration(word)
				if err != nil || s.at+d < s.at {
					return nil, wrong(i, "%s is too long a time", word)
				}
				if s.inGroup {
					return nil, wrong(i, "no time passes inside a group")
				}
				s.at += d
				skip, blank = i+len(word), false
				continue
			}
		}
		if blank = unicode.IsSpace(r); blank {
			continue
		}
		if why := s.read(r); why != "" {
			return nil, wrong(i, "%s", why)
		}
	}
	if s.inGroup {
		return nil, wrong(len(diagram), "the group is not closed")
	}
	return s, nil
}

// read takes one rune, and gives the reason why it cannot stand there.
func (s *marbleScan) read(r rune) (wrong string) {
	now := s.at
	if s.inGroup {
		now = s.opened
	}
	switch {
	case r == '-' && s.inGroup:
		return "no time passes inside a group"
	case r == '(' && s.inGroup:
		return "groups do not nest"
	case r == ')' && !s.inGroup:
		return "there is no group to close"
	case r == '(':
		s.inGroup, s.opened = true, now
	case r == ')':
		s.inGroup = false
	case r != '-':
		if wrong = s.mark(r, now); wrong != "" {
			return wrong
		}
	}
	s.at += frame
	return ""
}

// mark takes a rune that means an event.
func (s *marbleScan) mark(r rune, now time.Duration) (wrong string) {
	k := mark{at: now, sign: r}
	switch {
	case r == '^' && s.anchored:
		return "there is one ^ at most"
	case r == '!' && s.cut:
		return "there is one ! at most"
	case r != '^' && r != '!' && s.over:
		return "nothing comes after the end"
	case r == '^':
		s.anchored, s.zero = true, now
	case r == '!':
		s.cut = true
	case k.kind() != Next:
		s.over = true
	}
	s.marks = append(s.marks, k)
	return ""
}
