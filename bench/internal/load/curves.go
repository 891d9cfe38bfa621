package load

import "github.com/freshet-go/freshet/bench/internal/chart"

// CourseRSS gives the server's resident memory in MiB over the seconds of the run;
// nil if its process was not known.
func (r Result) CourseRSS() []chart.Point {
	if r.Server == nil {
		return nil
	}
	return r.course(func(s Sample) float64 { return float64(s.RSSKiB) / 1024 })
}

// CourseOpen gives the open connections over the seconds of the run.
func (r Result) CourseOpen() []chart.Point {
	return r.course(func(s Sample) float64 { return float64(s.Open) })
}

// CourseEvents gives the events a second over the seconds of the run.
func (r Result) CourseEvents() []chart.Point {
	return r.rates(1, func(s Sample) float64 { return float64(s.Events) })
}

// CourseCPU gives the server's use of the processors over the seconds of the run,
// in percent of one and over four samples each, since the kernel counts in steps of
// 10 ms; nil if its process was not known.
func (r Result) CourseCPU() []chart.Point {
	if r.Server == nil {
		return nil
	}
	return r.rates(4, func(s Sample) float64 { return float64(s.CPUMS) / 10 })
}

func (r Result) course(value func(Sample) float64) (points []chart.Point) {
	for _, s := range r.Samples {
		points = append(points, chart.Point{X: float64(s.AtMS) / 1000, Y: value(s)})
	}
	return points
}

// rates gives what a count grew by in a second, between a sample and the one span
// samples before it.
func (r Result) rates(span int, count func(Sample) float64) (points []chart.Point) {
	for i := 1; i < len(r.Samples); i++ {
		a, b := r.Samples[max(i-span, 0)], r.Samples[i]
		if b.AtMS > a.AtMS {
			points = append(points, chart.Point{X: float64(b.AtMS) / 1000, Y: 1000 * (count(b) - count(a)) / float64(b.AtMS-a.AtMS)})
		}
	}
	return points
}
