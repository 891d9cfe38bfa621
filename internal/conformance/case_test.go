package conformance

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Case is one recorded run of Reactor.
type Case struct {
	Name  string `json:"name"`
	Group string `json:"group"`
	Why   string `json:"why"`

	DSL    node  `json:"dsl"`
	Expect Trace `json:"expect"`
	// Alt is Reactor's trace without fusion and scalar shortcuts, where it
	// differs; a run may equal either.
	Alt *Trace `json:"alt"`

	Leak       []string `json:"leak"`       // probes whose upstream Reactor left running
	PerKey     bool     `json:"perKey"`     // no order between the groups
	Excess     bool     `json:"excess"`     // Reactor sent more than was requested
	PostCancel bool     `json:"postCancel"` // Reactor sent something after the cancel

	raw string // the DSL as it stands in the file
}

// Row is one recorded event: [ms, what, details...]. Its elements are int64,
// bool, string, list or signal, as [decode] makes them.
type Row = []any

// Trace is what a run of a case records. Absent lists are empty.
type Trace struct {
	Out     map[string][]Row // by subscriber
	Up      map[string][]Row // by probe
	Log     []Row            // side effects
	Results []Row            // of the sink actions
}

// UnmarshalJSON reads a trace; Reactor's dropped signals are not compared.
func (t *Trace) UnmarshalJSON(b []byte) error {
	v, err := decode([]byte(oneWord.Replace(string(b))))
	if err != nil {
		return err
	}
	m, _ := v.(map[string]any)
	t.Out, t.Up = rowsByID(m["out"]), rowsByID(m["up"])
	t.Log, t.Results = rows(m["log"]), rows(m["results"])
	return nil
}

func rowsByID(v any) map[string][]Row {
	byID := map[string][]Row{}
	m, _ := v.(map[string]any)
	for id, l := range m {
		byID[id] = rows(l)
	}
	return byID
}

func rows(v any) []Row {
	l, _ := v.([]any)
	out := make([]Row, 0, len(l))
	for _, r := range l {
		row, _ := r.([]any)
		out = append(out, row)
	}
	return out
}

// UnmarshalJSON reads a node with whole numbers as int64.
func (n *node) UnmarshalJSON(b []byte) error {
	v, err := decode(b)
	if err != nil {
		return err
	}
	m, ok := v.(map[string]any)
	if !ok {
		return fmt.Errorf("dsl is %T: it must be an object", v)
	}
	*n = m
	return nil
}

// decode reads JSON with whole numbers as int64.
func decode(b []byte) (any, error) {
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return whole(v), nil
}

func whole(v any) any {
	switch v := v.(type) {
	case json.Number:
		if i, err := v.Int64(); err == nil {
			return i
		}
		f, _ := v.Float64()
		return f
	case []any:
		for i := range v {
			v[i] = whole(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = whole(v[k])
		}
	}
	return v
}

// Load reads every *.json file of the directories, in order of name.
func Load(dirs ...string) ([]*Case, error) {
	var cases []*Case
	for _, dir := range dirs {
		files, err := filepath.Glob(filepath.Join(dir, "*.json"))
		if err != nil {
			return nil, err
		}
		if len(files) == 0 {
			return nil, fmt.Errorf("%s: no *.json file with cases", dir)
		}
		for _, f := range files {
			cs, err := loadFile(f)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", f, err)
			}
			cases = append(cases, cs...)
		}
	}
	return cases, nil
}

func loadFile(name string) ([]*Case, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return nil, err
	}
	cases := make([]*Case, len(raw))
	for i, r := range raw {
		c, err := parse(r)
		if err != nil {
			return nil, fmt.Errorf("case %d: %w", i, err)
		}
		cases[i] = c
	}
	return cases, nil
}

func parse(b []byte) (*Case, error) {
	c := &Case{}
	if err := json.Unmarshal(b, c); err != nil {
		return nil, err
	}
	var only struct {
		DSL json.RawMessage `json:"dsl"`
	}
	if err := json.Unmarshal(b, &only); err != nil {
		return nil, err
	}
	c.raw = string(only.DSL)
	return c, nil
}
