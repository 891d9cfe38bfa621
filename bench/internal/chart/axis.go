package chart

import (
	"math"
	"strconv"
	"strings"
)

// Axis describes one side of a plot. The zero Axis is linear and begins at zero.
type Axis struct {
	Title string // with the unit
	Log   bool   // values must be above zero; others are drawn at the lower end
	Ticks []Tick // nil: chosen from the values
}

// Tick is one labelled position of an axis.
type Tick struct {
	At    float64
	Label string
}

// scale maps values to pixels.
type scale struct {
	low, high float64 // values
	from, to  float64 // pixels
	log       bool
}

// fit makes the scale of an axis that shows all values between the pixels from
// and to, with some air at the upper end.
func (a Axis) fit(values []float64, from, to float64) scale {
	s := scale{math.Inf(1), math.Inf(-1), from, to, a.Log}
	for _, v := range values {
		if a.Log && v <= 0 {
			continue
		}
		s.low, s.high = min(s.low, v), max(s.high, v)
	}
	for _, t := range a.Ticks {
		s.low, s.high = min(s.low, t.At), max(s.high, t.At)
	}
	if s.low > s.high { // nothing to show
		s.low, s.high = 1, 1
	}
	switch {
	case a.Log:
		s.low, s.high = s.low/1.2, s.high*1.2
	case a.Ticks == nil:
		s.low, s.high = min(0, s.low), s.high*1.05
	}
	if s.high <= s.low {
		s.high = s.low + 1
	}
	return s
}

func (s scale) at(v float64) float64 {
	low, high := s.low, s.high
	if s.log {
		v, low, high = math.Log(max(v, low)), math.Log(low), math.Log(high)
	}
	return s.from + (v-low)/(high-low)*(s.to-s.from)
}

// ticks gives about n round positions.
func (s scale) ticks(n int) []Tick {
	if s.log {
		return s.logTicks(n)
	}
	step := niceStep((s.high - s.low) / float64(n))
	var ticks []Tick
	for k := math.Ceil(s.low / step); k*step <= s.high; k++ {
		ticks = append(ticks, Tick{k * step, Number(k * step)})
	}
	return ticks
}

// niceStep gives the smallest of 1, 2 and 5 times a power of ten that is not much
// below rough.
func niceStep(rough float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(rough)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= rough*0.8 {
			return m * power
		}
	}
	return 10 * power
}

// logTicks gives 1, 2 and 5 times the powers of ten, or the powers alone if that
// would be more than twice n.
func (s scale) logTicks(n int) []Tick {
	steps := []float64{1, 2, 5}
	if math.Log10(s.high/s.low)*3 > float64(2*n) {
		steps = steps[:1]
	}
	var ticks []Tick
	for power := math.Pow(10, math.Floor(math.Log10(s.low))); power <= s.high; power *= 10 {
		for _, m := range steps {
			if v := m * power; v >= s.low && v <= s.high {
				ticks = append(ticks, Tick{v, Number(v)})
			}
		}
	}
	return ticks
}

// Number writes a figure in at most three significant digits or as a whole
// number, with k and M for thousands and millions.
func Number(v float64) string {
	suffix := ""
	switch a := math.Abs(v); {
	case a >= 999_500:
		v, suffix = v/1e6, "M"
	case a >= 9_995:
		v, suffix = v/1e3, "k"
	case a >= 100:
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	text := strconv.FormatFloat(v, 'f', 2-int(max(0, math.Floor(math.Log10(max(math.Abs(v), 0.01))+1e-9))), 64)
	if v != 0 && math.Abs(v) < 1 {
		text = strconv.FormatFloat(v, 'g', 2, 64)
	}
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text + suffix
}
