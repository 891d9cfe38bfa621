package chart

import "math"

// Percent places a percentile on an axis that gives each further nine the same
// room: 90, 99 and 99.9 stand at equal distances. 100, the largest value, stands
// after 99.99.
func Percent(p float64) float64 {
	if p >= 100 {
		return maxNines
	}
	return min(-math.Log10(1-p/100), maxNines)
}

// maxNines is where the largest value stands.
const maxNines = 4.6

// PercentTicks are the ticks of such an axis.
var PercentTicks = []Tick{
	{Percent(25), "25"}, {Percent(50), ""}, {Percent(75), "75"}, {Percent(90), "90"}, {Percent(99), "99"}, {Percent(99.9), "99.9"}, {Percent(99.99), "99.99"}, {maxNines, "max"},
}
