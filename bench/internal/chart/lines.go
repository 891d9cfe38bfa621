package chart

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
)

// Point is one point of a line.
type Point struct{ X, Y float64 }

// Series is one line of a plot.
type Series struct {
	Label  string
	Color  int
	Strong bool
	Dashed bool
	Points []Point // in the order of X
}

// The geometry of a plot with lines, in the units of its view box.
const (
	linesWidth  = 560.0
	linesHeight = 300.0
	linesLeft   = 52.0
	linesRight  = 418.0 // labels stand to the right of it
	linesTop    = 26.0
	linesBottom = 252.0
	labelGap    = 14.5 // between the labels of two lines
)

// Lines draws the series in one plot and writes each one's label at its end, moved
// up or down where labels would overlap. Series without points are left out. What
// names the plot to those who do not see it.
func Lines(what string, x, y Axis, series []Series) template.HTML {
	series = slices.DeleteFunc(slices.Clone(series), func(s Series) bool { return len(s.Points) == 0 })
	var xs, ys []float64
	for _, s := range series {
		for _, p := range s.Points {
			xs, ys = append(xs, p.X), append(ys, p.Y)
		}
	}
	across, up := x.fit(xs, linesLeft, linesRight), y.fit(ys, linesBottom, linesTop)
	var t strings.Builder
	open(&t, "lines", what, linesWidth, linesHeight)
	grid(&t, x, y, across, up)
	for _, s := range later(series) {
		s.draw(&t, across, up)
	}
	labels(&t, series, across, up)
	t.WriteString("</svg>")
	return template.HTML(t.String()) // every text in it went through esc
}

func grid(t *strings.Builder, x, y Axis, across, up scale) {
	ticks := x.Ticks
	if ticks == nil {
		ticks = across.ticks(6)
	}
	for _, k := range ticks {
		fmt.Fprintf(t, `<text class="tick" x="%.1f" y="%.1f" text-anchor="middle">%s</text>`, across.at(k.At), linesBottom+17, esc(k.Label))
	}
	if ticks = y.Ticks; ticks == nil {
		ticks = up.ticks(5)
	}
	for _, k := range ticks {
		at := up.at(k.At)
		fmt.Fprintf(t, `<path class="grid" d="M%.1f %.1fH%.1f"/>`, linesLeft, at, linesRight)
		fmt.Fprintf(t, `<text class="tick" x="%.1f" y="%.1f" text-anchor="end">%s</text>`, linesLeft-7, at+4, esc(k.Label))
	}
	fmt.Fprintf(t, `<text class="axis" x="%.1f" y="%.1f" text-anchor="middle">%s</text>`, (linesLeft+linesRight)/2, linesBottom+38, esc(x.Title))
	fmt.Fprintf(t, `<text class="axis" x="2" y="12">%s</text>`, esc(y.Title))
}

// later puts the strong series last, so that they are drawn above the others.
func later(series []Series) []Series {
	sorted := slices.Clone(series)
	slices.SortStableFunc(sorted, func(a, b Series) int {
		switch {
		case a.Strong == b.Strong:
			return 0
		case b.Strong:
			return -1
		}
		return 1
	})
	return sorted
}

func (s Series) draw(t *strings.Builder, across, up scale) {
	fmt.Fprintf(t, `<g class="k %s" data-k="%s"><title>%s</title><path class="line" d="`, classes(s.Color, s.Strong, s.Dashed), esc(s.Label), esc(s.Label))
	for i, p := range s.Points {
		verb := 'L'
		if i == 0 {
			verb = 'M'
		}
		fmt.Fprintf(t, "%c%.1f %.1f", verb, across.at(p.X), up.at(p.Y))
	}
	t.WriteString(`"/>`)
	if len(s.Points) <= 16 { // single measurements, not a course
		for _, p := range s.Points {
			fmt.Fprintf(t, `<circle class="dot" cx="%.1f" cy="%.1f" r="2.6"><title>%s: %s, %s</title></circle>`,
				across.at(p.X), up.at(p.Y), esc(s.Label), Number(p.X), Number(p.Y))
		}
	}
	t.WriteString("</g>")
}

// place is where a label stands: its line's end, and its own height.
type place struct {
	Series
	x, end, y float64
}

// labels writes the names beside the lines' ends, with a thin line from one to the
// other.
func labels(t *strings.Builder, series []Series, across, up scale) {
	places := make([]place, 0, len(series))
	for _, s := range series {
		last := s.Points[len(s.Points)-1]
		places = append(places, place{s, across.at(last.X), up.at(last.Y), up.at(last.Y)})
	}
	spread(places)
	for _, p := range places {
		fmt.Fprintf(t, `<g class="k %s" data-k="%s"><path class="lead" d="M%.1f %.1fL%.1f %.1fL%.1f %.1f"/>`,
			classes(p.Color, p.Strong, p.Dashed), esc(p.Label), p.x+3, p.end, linesRight+6, p.end, linesRight+16, p.y)
		fmt.Fprintf(t, `<text class="label" x="%.1f" y="%.1f">%s</text></g>`, linesRight+19, p.y+4, esc(p.Label))
	}
}

// spread moves labels apart: downwards from the top, and, where that led below the
// plot, upwards again from its bottom.
func spread(places []place) {
	slices.SortStableFunc(places, func(a, b place) int {
		switch {
		case a.y < b.y:
			return -1
		case a.y > b.y:
			return 1
		}
		return 0
	})
	for i := 1; i < len(places); i++ {
		places[i].y = max(places[i].y, places[i-1].y+labelGap)
	}
	floor := linesBottom + 8
	for i := len(places) - 1; i >= 0 && places[i].y > floor; i-- {
		places[i].y = floor
		floor -= labelGap
	}
}
