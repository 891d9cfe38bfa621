package sink_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/sink"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The model of a log is a list of everything that was ever appended, the place
// of the oldest entry that is kept, and readers that are moved on until nothing
// changes.

type modelLog struct {
	all    []sink.Entry[int]
	oldest int
	known  map[string]int // id to place, also of what was evicted
	count  int
	bytes  int
	ended  string
	places []*modelReader
}

type modelReader struct {
	at     int
	demand int64
	or     string
	missed int64
	last   string
	gone   bool
	log    []string
}

func (m *modelLog) append(id string, v int) {
	m.known[id] = len(m.all)
	m.all = append(m.all, sink.Entry[int]{ID: id, Value: v})
	for len(m.all)-m.oldest > m.count || m.size() > m.bytes {
		m.oldest++
	}
}

func (m *modelLog) size() (n int) {
	for _, e := range m.all[m.oldest:] {
		n += e.Value + len(e.ID)
	}
	return n
}

// behind gives the place behind an id that can be followed.
func (m *modelLog) behind(id string) (int, bool) {
	at, ok := m.known[id]
	return at + 1, ok && at >= m.oldest-1
}

func (m *modelLog) subscribe(id, from, or string, demand int64) {
	r := &modelReader{demand: demand, or: or, last: id}
	m.places = append(m.places, r)
	if id == "" {
		r.at = m.oldest
		if from == "now" {
			r.at = len(m.all)
		}
		return
	}
	at, ok := m.behind(id)
	if r.at = at; !ok {
		m.skip(r, -1)
	}
}

func (m *modelLog) skip(r *modelReader, missed int64) {
	switch r.or {
	case "oldest":
		r.at = m.oldest
	case "now":
		r.at = len(m.all)
	default:
		r.end(fmt.Sprint("gap ", r.last, missed))
	}
	if missed < 0 || r.missed < 0 {
		r.missed = -1
	} else {
		r.missed += missed
	}
}

func (r *modelReader) end(how string) {
	if !r.gone {
		r.gone = true
		r.log = append(r.log, how)
	}
}

// settle moves every reader on as far as it goes. A reader that has no demand and
// is behind looks at nothing until it asks, except that it has just asked.
func (m *modelLog) settle(asked *modelReader) {
	for _, r := range m.places {
		for !r.gone {
			if r.at < m.oldest {
				if r.demand == 0 && r != asked {
					break
				}
				missed := m.oldest - r.at
				if r.or == "now" {
					missed = len(m.all) - r.at
				}
				m.skip(r, int64(missed))
				continue
			}
			if r.at == len(m.all) {
				if m.ended != "" && r.missed != 0 {
					r.end(fmt.Sprint("gap ", r.last, r.missed))
				} else if m.ended != "" {
					r.end(m.ended)
				}
				break
			}
			if r.demand == 0 {
				break
			}
			if r.demand != flux.Unbounded {
				r.demand--
			}
			e := m.all[r.at]
			r.log = append(r.log, fmt.Sprint(e.ID, "=", e.Value, "/", r.missed))
			r.at, r.last, r.missed = r.at+1, e.ID, 0
		}
	}
}

// recorded is a reader of the log under test.
type recorded struct {
	demand int64
	sub    flux.Subscription
	log    []string
}

func (r *recorded) OnSubscribe(s flux.Subscription) {
	r.sub = s
	if r.demand > 0 {
		s.Request(r.demand)
	}
}

func (r *recorded) OnNext(e sink.Entry[int]) {
	r.log = append(r.log, fmt.Sprint(e.ID, "=", e.Value, "/", e.Missed))
}

func (r *recorded) OnError(err error) {
	var gap *sink.GapError
	switch {
	case errors.As(err, &gap):
		r.log = append(r.log, fmt.Sprint("gap ", gap.ID, gap.Missed))
	case errors.Is(err, flux.ErrBadRequest):
		r.log = append(r.log, "bad request")
	default:
		r.log = append(r.log, err.Error())
	}
}

func (r *recorded) OnComplete() { r.log = append(r.log, "complete") }

func TestALogBehavesLikeItsModel(t *testing.T) {
	var dir func() string // gives an empty directory
	check := func(t *testing.T, files bool) {
		rapid.Check(t, func(t *rapid.T) {
			o := sink.LogOptions[int]{
				Count: rapid.IntRange(1, 80).Draw(t, "count"),
				Bytes: int64(rapid.SampledFrom([]int{150, 600, 1 << 30}).Draw(t, "bytes")),
				Size:  func(v int) int { return v },
			}
			m := &modelLog{known: map[string]int{}, count: o.Count, bytes: int(o.Bytes)}
			l := sink.NewLog(o)
			place := ""
			open := func() {
				var err error
				l, err = sink.OpenLog(place, o)
				require.NoError(t, err)
			}
			if files {
				place = dir()
				o.File.Sync = sink.SyncNever
				o.File.SegmentBytes = 1 << 10
				open()
			}
			var readers []*recorded
			anyID := func() string {
				if len(m.all) == 0 || rapid.IntRange(0, 9).Draw(t, "strange") == 0 {
					return rapid.SampledFrom([]string{"", "a", "b", "zz", "12", strings.Repeat("0", 60)}).Draw(t, "id")
				}
				from := max(0, m.oldest-3)
				return m.all[rapid.IntRange(from, len(m.all)-1).Draw(t, "at")].ID
			}
			steps := rapid.IntRange(1, 60).Draw(t, "steps")
			for range steps {
				var asked *modelReader
				switch rapid.SampledFrom([]string{"append", "append", "append", "append id", "subscribe", "request", "request", "cancel", "reopen"}).Draw(t, "do") {
				case "append":
					for range rapid.IntRange(1, 40).Draw(t, "n") {
						v := rapid.IntRange(0, 50).Draw(t, "v")
						id, err := l.Append(v)
						require.NoError(t, err)
						m.append(id, v)
						m.settle(nil)
					}
				case "append id":
					id, v := anyID(), rapid.IntRange(0, 160).Draw(t, "v")
					err := l.AppendID(id, v)
					_, known := m.behind(id)
					switch {
					case id == "":
						require.ErrorIs(t, err, flux.ErrInvalid)
					case known:
						require.ErrorIs(t, err, sink.ErrDuplicateID)
					case v+len(id) > m.bytes:
						require.ErrorIs(t, err, sink.ErrOverflow)
					default:
						require.NoError(t, err)
						m.append(id, v)
					}
				case "subscribe":
					id := anyID()
					from := rapid.SampledFrom([]string{"oldest", "now"}).Draw(t, "from")
					or := rapid.SampledFrom([]string{"fail", "oldest", "now"}).Draw(t, "or")
					demand := rapid.SampledFrom([]int64{0, 1, 5, 20, flux.Unbounded}).Draw(t, "demand")
					options := map[string]sink.AfterOption{"oldest": sink.FromOldest(), "now": sink.FromNow()}
					ors := map[string]sink.AfterOption{"oldest": sink.OrOldest(), "now": sink.OrNow()}
					r := &recorded{demand: demand}
					readers = append(readers, r)
					_, known := m.behind(id)
					require.Equal(t, id == "" || known, l.Check(id) == nil)
					m.subscribe(id, from, or, demand)
					l.After(id, options[from], ors[or]).Subscribe(context.Background(), r)
				case "request":
					if len(readers) == 0 {
						continue
					}
					i := rapid.IntRange(0, len(readers)-1).Draw(t, "who")
					n := rapid.SampledFrom([]int64{0, 1, 3, 30, flux.Unbounded - 1, flux.Unbounded}).Draw(t, "n")
					asked = m.places[i]
					if n == 0 {
						asked.end("bad request")
					} else if asked.demand += n; asked.demand < 0 {
						asked.demand = flux.Unbounded
					}
					readers[i].sub.Request(n)
				case "cancel":
					if len(readers) == 0 {
						continue
					}
					i := rapid.IntRange(0, len(readers)-1).Draw(t, "who")
					m.places[i].gone = true
					readers[i].sub.Cancel()
				case "reopen":
					if !files {
						continue
					}
					require.NoError(t, l.Close())
					m.ended = "complete"
					m.settle(nil)
					for i, r := range readers { // those that have not read everything keep the old log
						require.Equal(t, m.places[i].log, r.log)
					}
					readers, m.places, m.ended = nil, nil, ""
					open()
				}
				m.settle(asked)
				for i, r := range readers {
					require.Equal(t, m.places[i].log, r.log, "reader %d", i)
				}
				s := l.Stats()
				require.Equal(t, len(m.all)-m.oldest, s.Entries)
				require.Equal(t, int64(m.size()), s.Bytes)
			}
			if rapid.Bool().Draw(t, "fail") {
				require.NoError(t, l.Fail(errBoom))
				m.ended = errBoom.Error()
			} else {
				require.NoError(t, l.Close())
				m.ended = "complete"
			}
			m.settle(nil)
			for i, r := range readers {
				require.Equal(t, m.places[i].log, r.log, "reader %d", i)
				r.sub.Request(flux.Unbounded)
				m.places[i].demand = flux.Unbounded
				m.settle(m.places[i])
				require.Equal(t, m.places[i].log, r.log, "reader %d", i)
			}
			require.Zero(t, l.Stats().Subscribers)
		})
	}
	t.Run("in memory", func(t *testing.T) { check(t, false) })
	t.Run("in files", func(t *testing.T) { dir = freshDirs(t); check(t, true) })
}

// freshDirs gives a function that makes an empty directory at each call.
func freshDirs(t *testing.T) func() string {
	root, n := t.TempDir(), 0
	return func() string {
		n++
		return fmt.Sprintf("%s/%d", root, n)
	}
}
