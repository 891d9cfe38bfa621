package load

import (
	"cmp"
	"slices"
)

// EventTally is what became of one event: how many connections it reached, and how
// long after the moment in its data it came to the first and to the last of them.
type EventTally struct {
	ID    int64 `json:"id"`
	AtNS  int64 `json:"at_unix_ns"` // the moment in the data; 0 if there was none
	Count int64 `json:"count"`
	First int64 `json:"first_us"`
	Last  int64 `json:"last_us"`
}

// tallies count one worker's events by id. The zero tallies count nothing.
type tallies struct {
	byID map[int64]*EventTally
	last *EventTally // of the event before, which most often has the same id
}

func newTallies(on bool) tallies {
	if !on {
		return tallies{}
	}
	return tallies{byID: map[int64]*EventTally{}}
}

// add counts an arrival of the event, at and now in unix nanoseconds. An event
// beyond the bound is not counted.
func (t *tallies) add(id, at, now int64) {
	if t.byID == nil {
		return
	}
	e := t.last
	if e == nil || e.ID != id {
		if e = t.byID[id]; e == nil {
			if len(t.byID) >= MaxByEvent {
				return
			}
			e = &EventTally{ID: id, AtNS: at, First: (now - at) / 1000}
			t.byID[id] = e
		}
		t.last = e
	}
	e.Count++
	e.First, e.Last = min(e.First, (now-at)/1000), max(e.Last, (now-at)/1000)
}

// list gives them by id.
func (t *tallies) list() []EventTally {
	list := make([]EventTally, 0, len(t.byID))
	for _, e := range t.byID {
		list = append(list, *e)
	}
	slices.SortFunc(list, byID)
	return list
}

func byID(a, b EventTally) int { return cmp.Compare(a.ID, b.ID) }

// mergeTallies adds two lists up, both by id.
func mergeTallies(a, b []EventTally) []EventTally {
	if len(b) == 0 {
		return a
	}
	all := slices.Concat(a, b)
	slices.SortStableFunc(all, byID)
	merged := all[:0]
	for _, e := range all {
		if n := len(merged); n > 0 && merged[n-1].ID == e.ID {
			m := &merged[n-1]
			m.Count += e.Count
			m.First, m.Last = min(m.First, e.First), max(m.Last, e.Last)
			continue
		}
		merged = append(merged, e)
	}
	return merged
}
