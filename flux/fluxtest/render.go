package fluxtest

import (
	"fmt"
	"strings"
)

// render gives the message of a script that failed, and "" for one that held:
// what is wrong, the script with the failed step marked, the timeline.
func (s *script[T]) render(broken []*Violation) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failure == "" && len(broken) == 0 {
		return ""
	}
	var b strings.Builder
	if s.failure != "" {
		st := s.steps[min(s.pc, len(s.steps)-1)]
		fmt.Fprintf(&b, "fluxtest: %s at %s: %s\n", st, st.line, s.failure)
	}
	for _, v := range broken {
		fmt.Fprintf(&b, "fluxtest: the publisher broke %v\n", v)
	}
	fmt.Fprintf(&b, "script (initial demand %s):\n", showDemand(s.rec.initial))
	s.renderSteps(&b)
	fmt.Fprintf(&b, "timeline (%s since the subscription):\n%s", s.clock.name(), &s.rec.Timeline)
	return b.String()
}

// renderSteps draws the script: + for a step that was met, > for the one that
// failed.
func (s *script[T]) renderSteps(b *strings.Builder) {
	for i, st := range s.steps {
		if i > 0 && st.name == "Cancel()" && s.steps[i-1].name == st.name {
			continue // the second half of one step
		}
		mark := " "
		switch {
		case i < s.pc:
			mark = "+"
		case i == s.pc:
			mark = ">"
		}
		fmt.Fprintf(b, "  %s %2d %-30s %s\n", mark, i+1, st, st.line)
	}
}
