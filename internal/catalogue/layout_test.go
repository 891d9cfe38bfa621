package catalogue

import (
	"slices"
	"time"
	"unicode/utf8"
)

// picture is a run of a sample: rows above and below the operator.
type picture struct {
	title string
	rows  []row
	above int
}

// The measures of a picture, in pixels.
const (
	margin    = 12
	rowHeight = 34
	boxHeight = 30
	marble    = 11 // radius
	letter    = 6.6
	spacing   = 4
)

// layout gives each moment of a picture a column, so that rows are aligned in
// time: a column is as wide as the signals which happen at its moment, and
// between two columns lies a gap that grows with the time, up to a bound.
type layout struct {
	moments []time.Duration
	x       []float64 // of the left edge, by moment
	wide    []float64
	left    float64
	width   float64
}

func (p picture) layout() layout {
	var l layout
	l.moments = append(l.moments, 0)
	widest := 0.0
	for _, r := range p.rows {
		if r.begin >= 0 {
			l.moments = append(l.moments, r.begin)
		}
		for _, e := range r.events {
			l.moments = append(l.moments, e.at)
		}
		widest = max(widest, textWidth(r.label))
	}
	slices.Sort(l.moments)
	l.moments = slices.Compact(l.moments)
	l.left = margin + widest
	if widest > 0 {
		l.left += 2 * spacing
	}
	x := l.left
	for i, at := range l.moments {
		if i > 0 {
			gap := float64(at-l.moments[i-1]) / float64(time.Millisecond) * 12
			x += min(max(gap, 6), 40)
		}
		w := 0.0
		for _, r := range p.rows {
			w = max(w, widthOf(r, at))
		}
		l.x, l.wide = append(l.x, x), append(l.wide, w)
		x += w
	}
	l.width = max(x+28, textWidth(p.title)*1.25+4*margin)
	return l
}

// widthOf gives the room that the signals of a row take at a moment.
func widthOf(r row, at time.Duration) (w float64) {
	for _, e := range r.events {
		if e.at == at {
			w += e.width()
		}
	}
	return w
}

// width gives the room that a signal takes.
func (e event) width() float64 {
	switch e.kind {
	case value:
		return max(2*marble, textWidth(e.label)+10) + 2
	case failure:
		return max(16, textWidth(e.label)+16)
	case request:
		return 0 // it stands below its row
	case call:
		return textWidth(e.label) + 2*spacing
	}
	return 12
}

func textWidth(s string) float64 { return float64(utf8.RuneCountInString(s)) * letter }

// at gives the left edge of a moment's column.
func (l layout) at(t time.Duration) float64 {
	i, _ := slices.BinarySearch(l.moments, t)
	return l.x[i]
}
