package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/freshet-go/freshet/bench/internal/load"
)

// scenarios fill in what the flags of their names left out.
var scenarios = map[string]func(*load.Options) error{
	"idle":      func(*load.Options) error { return nil },
	"broadcast": func(*load.Options) error { return nil },
	"personal":  personal,
	"churn": func(o *load.Options) error {
		if o.Churn == 0 {
			o.Churn = float64(o.Conns) / 50
		}
		return nil
	},
	"slow": func(o *load.Options) error {
		if o.Slow == 0 {
			o.Slow = max(1, o.Conns/10)
		}
		return nil
	},
	"kill": func(o *load.Options) error {
		if o.Kill == 0 {
			o.Kill = max(1, o.Conns/5)
		}
		return nil
	},
	"storm": func(o *load.Options) error {
		if o.Kill == 0 {
			o.Kill = o.Conns
		}
		o.Storm, o.Resume = true, true
		return nil
	},
}

// personal has nothing to fill in: the place for the number is in the URL or not.
func personal(o *load.Options) error {
	for _, url := range o.URLs {
		if !strings.Contains(url, "{n}") {
			return fmt.Errorf("url %q: personal needs {n} in it, where the number of the connection goes", url)
		}
	}
	return nil
}

func scenarioNames() []string { return slices.Sorted(maps.Keys(scenarios)) }

func apply(scenario string, opt *load.Options) error {
	fill, known := scenarios[scenario]
	if !known {
		return fmt.Errorf("scenario %q: must be one of %s", scenario, strings.Join(scenarioNames(), ", "))
	}
	return fill(opt)
}
