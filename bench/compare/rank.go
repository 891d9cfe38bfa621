package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// spread is what the rounds gave for one server in one column.
type spread struct {
	kind            string
	median          float64
	lowest, highest float64
}

// overlaps reports whether the ranges of two servers have a value in common: the
// rounds do not tell them apart.
func (s spread) overlaps(other spread) bool {
	return s.lowest <= other.highest && other.lowest <= s.highest
}

// contest gives the spreads of a column in the order of the kinds, without those
// that could not be measured.
func (r report) contest(c column) (all []spread) {
	for _, kind := range r.Options.Kinds {
		if values := r.values(kind, c.name); len(values) > 0 {
			slices.Sort(values)
			all = append(all, spread{kind, median(values), values[0], values[len(values)-1]})
		}
	}
	return all
}

// beats reports whether a is better than b by the digits that the table shows.
func (c column) beats(a, b spread) bool {
	unit := math.Pow(10, float64(c.digits))
	x, y := math.Round(a.median*unit), math.Round(b.median*unit)
	return c.better == less && x < y || c.better == more && x > y
}

// best gives the first among equals, ok false if there is none.
func (c column) best(all []spread) (first spread, ok bool) {
	for i, s := range all {
		if i == 0 || c.beats(s, first) {
			first = s
		}
	}
	return first, len(all) > 0
}

// opponents are the spreads of rivals, without our own kinds and the floor.
func opponents(all []spread) []spread {
	return slices.DeleteFunc(slices.Clone(all), func(s spread) bool { return find(s.kind).role != rival })
}

// own gives the spread of the subject.
func own(all []spread) (spread, bool) {
	i := slices.IndexFunc(all, func(s spread) bool { return s.kind == subject })
	if i < 0 {
		return spread{}, false
	}
	return all[i], true
}

// behind names the columns in which another server is better than the subject,
// and what is known about why.
func (r report) behind(s scenario) (lines []string) {
	for _, c := range s.columns {
		all := r.contest(c)
		mine, ok := own(all)
		if !ok || c.better == neither {
			continue
		}
		ahead := slices.DeleteFunc(all, func(s spread) bool { return !c.beats(s, mine) })
		slices.SortStableFunc(ahead, func(a, b spread) int {
			if c.beats(a, b) {
				return -1
			}
			return 1
		})
		names := make([]string, 0, len(ahead))
		for _, a := range ahead {
			names = append(names, fmt.Sprintf("%s has %s (%s)", a.kind, c.text(a.median), why(a, mine)))
		}
		if len(names) > 0 {
			lines = append(lines, fmt.Sprintf("%s, %s: %s has %s; %s.", r.Options.Scenario, c.name, subject, c.text(mine.median), strings.Join(names, ", ")))
		}
	}
	return lines
}

// why says what is known of the reason for which a is ahead.
func why(a, mine spread) string {
	switch {
	case find(a.kind).role == floor:
		return "the floor: it writes and does nothing else"
	case a.lowest == a.highest && mine.lowest == mine.highest:
		return "one round only"
	case a.overlaps(mine):
		return "the rounds' ranges overlap"
	case find(a.kind).role == ours:
		return "the same library behind another server"
	}
	return "a better figure, beyond the spread"
}

func (c column) text(v float64) string { return fmt.Sprintf("%.*f", c.digits, v) }
