package catalogue

import (
	"fmt"
	"html"
	"strings"
	"time"
)

// style has the picture follow the reader's colours. The colours are written
// out in both halves because not every renderer knows variables.
const style = `<style>
text{font:11px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#1f2937;text-anchor:middle;dominant-baseline:central}
.t{font-size:13px}.s{font-size:9px;fill:#64748b}.l{text-anchor:start;fill:#64748b}
.line{stroke:#94a3b8;stroke-width:1.5}.end{stroke:#1f2937;stroke-width:2.5}.bad{stroke:#dc2626;stroke-width:2.5}
.off{stroke:#94a3b8;stroke-width:1.5;stroke-dasharray:2 2}.box{fill:#f1f5f9;stroke:#94a3b8}.arrow{fill:#94a3b8}
.m{stroke:#475569;stroke-width:1}.c0{fill:#fde68a}.c1{fill:#bfdbfe}.c2{fill:#bbf7d0}.c3{fill:#fecaca}.c4{fill:#ddd6fe}.c5{fill:#fed7aa}
@media (prefers-color-scheme:dark){text{fill:#e5e7eb}.s,.l{fill:#94a3b8}.m+text{fill:#111827}
.line{stroke:#64748b}.end{stroke:#e5e7eb}.bad{stroke:#f87171}.off{stroke:#64748b}.box{fill:#1e293b;stroke:#64748b}.arrow{fill:#64748b}
.m{stroke:#cbd5e1}.c0{fill:#fcd34d}.c1{fill:#93c5fd}.c2{fill:#86efac}.c3{fill:#fca5a5}.c4{fill:#c4b5fd}.c5{fill:#fdba74}}
</style>
`

// svg draws the picture: the sources, the operator in a box, what it gives, and
// the calls it makes.
func (p picture) svg() string {
	var b strings.Builder
	l := p.layout()
	height := 2*margin + len(p.rows)*rowHeight + boxHeight + 2*spacing
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %d" width="%.0f" height="%d" role="img">`+"\n",
		l.width, height, l.width, height)
	fmt.Fprintf(&b, "<title>%s</title>\n%s", html.EscapeString(p.title), style)
	y := float64(margin)
	box := func() {
		fmt.Fprintf(&b, `<rect class="box" x="%d" y="%.0f" width="%.0f" height="%d" rx="6"/><text class="t" x="%.1f" y="%.1f">%s</text>`+"\n",
			margin/2, y+spacing, l.width-margin, boxHeight, l.width/2, y+spacing+boxHeight/2, html.EscapeString(p.title))
		y += boxHeight + 2*spacing
	}
	for i, r := range p.rows {
		if i == p.above {
			box()
		}
		drawRow(&b, l, r, y+rowHeight/2)
		y += rowHeight
	}
	if p.above == len(p.rows) {
		box()
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// drawRow draws one stream at height y.
func drawRow(b *strings.Builder, l layout, r row, y float64) {
	if r.label != "" {
		fmt.Fprintf(b, `<text class="l" x="%d" y="%.1f">%s</text>`+"\n", margin, y, html.EscapeString(r.label))
	}
	if r.begin < 0 {
		return // never subscribed to
	}
	if !r.words {
		drawLine(b, l, r, y)
	}
	for i := 0; i < len(r.events); {
		at := r.events[i].at
		x := l.at(at)
		for ; i < len(r.events) && r.events[i].at == at; i++ {
			r.events[i].draw(b, x, y)
			x += r.events[i].width()
		}
	}
}

// drawLine draws the line of time, with an arrow where the stream goes on.
func drawLine(b *strings.Builder, l layout, r row, y float64) {
	from, to := l.at(r.begin)-spacing, l.width-margin-6
	open := true
	if n := len(r.events); n > 0 && r.events[n-1].kind != value && r.events[n-1].kind != request {
		last := r.events[n-1].at
		open = false
		to = l.at(last)
		for _, e := range r.events {
			if e.at == last {
				to += e.width()
			}
		}
		to -= r.events[n-1].width() / 2
	}
	fmt.Fprintf(b, `<line class="line" x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f"/>`, from, y, to, y)
	if open {
		fmt.Fprintf(b, `<path class="arrow" d="M%.1f %.1fl8 4l-8 4z"/>`, to, y-4)
	}
	b.WriteString("\n")
}

// draw draws a signal in the room from x on.
func (e event) draw(b *strings.Builder, x, y float64) {
	w := e.width()
	mid := x + w/2
	switch e.kind {
	case value:
		fmt.Fprintf(b, `<rect class="m c%d" x="%.1f" y="%.1f" width="%.1f" height="%d" rx="%d"/><text x="%.1f" y="%.1f">%s</text>`,
			colour(e.label), x+1, y-marble, w-2, 2*marble, marble, mid, y+0.5, html.EscapeString(e.label))
	case complete:
		fmt.Fprintf(b, `<line class="end" x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f"/>`, mid, y-10, mid, y+10)
	case failure:
		fmt.Fprintf(b, `<path class="bad" d="M%.1f %.1fl14 14m0 -14l-14 14"/>`, mid-7, y-7)
		if e.label != "" {
			fmt.Fprintf(b, `<text class="s" x="%.1f" y="%.1f">%s</text>`, mid, y+13, html.EscapeString(e.label))
		}
	case cancel:
		fmt.Fprintf(b, `<line class="off" x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f"/>`, mid, y-9, mid, y+9)
	case request:
		fmt.Fprintf(b, `<text class="s" x="%.1f" y="%.1f">↑%s</text>`, x, y+13.5, html.EscapeString(e.label))
	case call:
		fmt.Fprintf(b, `<text class="s" x="%.1f" y="%.1f">%s</text>`, mid, y, html.EscapeString(e.label))
	}
	b.WriteString("\n")
}

// colour gives the colour of a value, by its first digit or letter, so that a
// value can be followed through the operator.
func colour(label string) int {
	for _, r := range label {
		switch {
		case r >= '0' && r <= '9':
			return int(r-'0') % 6
		case r >= 'a' && r <= 'z':
			return int(r-'a') % 6
		}
	}
	return 0
}

// millis is a virtual millisecond: a frame of a diagram.
const millis = time.Millisecond
