package chart

import (
	"fmt"
	"html/template"
	"math"
	"strings"
)

// Bar is one row of a bar chart: the median, with the range of the values it was
// taken from. A NaN Value stands for one that could not be measured.
type Bar struct {
	Label     string
	Color     int
	Strong    bool
	Dashed    bool
	Value     float64
	Low, High float64 // the range; equal when there is none
	Text      string  // the value as it is to be written
}

// The geometry of a bar chart, in the units of its view box.
const (
	barsWidth  = 560.0
	barsLabel  = 172.0 // where bars begin
	barsValue  = 96.0  // kept free at the right for the value
	barHeight  = 15.0
	barAdvance = 25.0
)

// Bars draws horizontal bars from zero, one a row, in the order given. What names
// the chart to those who do not see it.
func Bars(what string, bars []Bar) template.HTML {
	var values []float64
	for _, b := range bars {
		if !math.IsNaN(b.Value) {
			values = append(values, b.Value, b.High)
		}
	}
	x := Axis{}.fit(values, barsLabel, barsWidth-barsValue)
	var t strings.Builder
	open(&t, "bars", what, barsWidth, barAdvance*float64(len(bars))+4)
	for i, b := range bars {
		b.draw(&t, x, barAdvance*float64(i)+4)
	}
	t.WriteString("</svg>")
	return template.HTML(t.String()) // every text in it went through esc
}

func (b Bar) draw(t *strings.Builder, x scale, y float64) {
	middle := y + barHeight/2
	fmt.Fprintf(t, `<g class="k %s" data-k="%s"><title>%s: %s</title>`, classes(b.Color, b.Strong, b.Dashed), esc(b.Label), esc(b.Label), esc(b.Text))
	fmt.Fprintf(t, `<text class="name" x="%.1f" y="%.1f" text-anchor="end">%s</text>`, barsLabel-10, middle+4.5, esc(b.Label))
	end := barsLabel
	if !math.IsNaN(b.Value) {
		end = x.at(b.Value)
		fmt.Fprintf(t, `<rect class="fill" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="2"/>`, barsLabel, y, max(end-barsLabel, 1), barHeight)
		if b.High > b.Low {
			fmt.Fprintf(t, `<path class="range" d="M%.1f %.1fV%.1fM%.1f %.1fV%.1fM%.1f %.1fH%.1f"/>`, x.at(b.Low), middle-4, middle+4,
				x.at(b.High), middle-4, middle+4, x.at(b.Low), middle, x.at(b.High))
			end = max(end, x.at(b.High))
		}
	}
	fmt.Fprintf(t, `<text class="value" x="%.1f" y="%.1f">%s</text></g>`, end+7, middle+4.5, esc(b.Text))
}

// open begins an SVG of the given size.
func open(t *strings.Builder, class, what string, width, height float64) {
	fmt.Fprintf(t, `<svg class="%s" viewBox="0 0 %.0f %.0f" role="img" aria-label="%s">`, class, width, height, esc(what))
}

func classes(color int, strong, dashed bool) string {
	c := fmt.Sprintf("c%d", color%Colors)
	if strong {
		c += " strong"
	}
	if dashed {
		c += " dashed"
	}
	return c
}

func esc(s string) string { return template.HTMLEscapeString(s) }
