package catalogue

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/freshet-go/freshet/flux/fluxtest"
)

var update = flag.Bool("update", false, "write docs/operators.md and its pictures anew")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const docs = "../../docs"

func operators(t *testing.T) []operator {
	ops, err := readAll("../../flux")
	require.NoError(t, err)
	require.NotEmpty(t, ops)
	return ops
}

// draw runs a sample and draws it.
func draw(t *testing.T, s sample) (svg string) {
	fluxtest.Run(t, func(t *testing.T) {
		g := newStage(t)
		s.run(g)
		svg = g.picture(s.title).svg()
	})
	return svg
}

func TestEveryOperatorHasASampleAndEverySampleAnOperator(t *testing.T) {
	is := map[string]bool{}
	for _, op := range operators(t) {
		require.False(t, is[op.name], "%s is there twice", op.name)
		is[op.name] = true
		require.NotEmpty(t, op.summary, op.name)
		if op.reactor == "" {
			t.Errorf("the comment of %s has no Source line", op.name)
		}
	}
	shown := map[string]bool{}
	for _, s := range samples() {
		require.True(t, is[s.name], "the sample %s belongs to no operator", s.name)
		require.False(t, shown[s.name], "%s has two samples", s.name)
		shown[s.name] = true
	}
	for name := range is {
		if !shown[name] {
			t.Errorf("%s has no sample: add one to a sample_*_test.go, then run go test ./internal/catalogue -update", name)
		}
	}
}

func TestCatalogueIsNotStale(t *testing.T) {
	text, err := page(operators(t))
	require.NoError(t, err)
	want := map[string]string{filepath.Join(docs, "operators.md"): text}
	for _, s := range samples() {
		t.Run(s.name, func(t *testing.T) {
			svg := draw(t, s)
			for range 5 {
				require.True(t, svg == draw(t, s), "the picture is not the same each time: two timers are due at one moment")
			}
			want[filepath.Join(docs, "marbles", s.name+".svg")] = svg
		})
	}
	pictures, err := filepath.Glob(filepath.Join(docs, "marbles", "*.svg"))
	require.NoError(t, err)
	if *update {
		for _, path := range pictures {
			require.NoError(t, os.Remove(path))
		}
		require.NoError(t, os.MkdirAll(filepath.Join(docs, "marbles"), 0o755))
		for path, text := range want {
			require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		}
		return
	}
	for _, path := range pictures {
		require.Contains(t, want, path, "%s belongs to no operator: run go test ./internal/catalogue -update", path)
	}
	for path, text := range want {
		got, err := os.ReadFile(path)
		if err != nil || string(got) != text {
			t.Errorf("%s is stale: run go test ./internal/catalogue -update", path)
		}
	}
}
