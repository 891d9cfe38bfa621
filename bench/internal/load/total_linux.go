package load

// addUp takes the counts of all workers together. Their loops must have ended.
func (r *Result) addUp(workers []*worker) {
	connect, head, first, back, latency := newHistogram(), newHistogram(), newHistogram(), newHistogram(), newHistogram()
	r.Errors = map[string]int64{}
	for _, w := range workers {
		c := &w.count
		connect.Merge(c.connect)
		head.Merge(c.head)
		first.Merge(c.firstEvent)
		back.Merge(c.back)
		latency.Merge(c.latency)
		r.Events += c.events
		r.Bytes += c.bytes
		r.Reads += c.reads
		r.Comments += c.comments
		r.Gaps += c.gaps
		r.Duplicates += c.duplicates
		r.Untimed += c.untimed
		r.Reopened += c.reopened
		r.Unnumbered += c.unnumbered
		r.Worst = max(r.Worst, w.worst/1000)
		r.ByEvent = mergeTallies(r.ByEvent, c.byEvent.list())
		for why, n := range w.errs {
			r.Errors[why] += n
		}
		for why, n := range w.pumps.errs { // they have ended
			r.Errors[why] += n
		}
		if r.WindowSeconds > 0 {
			r.Client.Busiest = max(r.Client.Busiest, 1-c.waited.Seconds()/r.WindowSeconds)
		}
	}
	r.summarize(connect, head, first, back, latency)
}
