package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const printed = `goos: linux
BenchmarkOperators/zip/loop-2        100  10000 ns/op   1.000 ns/elem      0 B/op    0 allocs/op
BenchmarkOperators/zip/iter-pull-2   100  600000 ns/op  60.00 ns/elem      0 B/op    0 allocs/op
BenchmarkOperators/zip/flux-2        100  130000 ns/op  13.00 ns/elem   1192 B/op   23 allocs/op
BenchmarkOperators/zip/flux-2        100  150000 ns/op  15.00 ns/elem   1192 B/op   23 allocs/op
BenchmarkOperators/zip/flux-2        100  140000 ns/op  14.00 ns/elem   1192 B/op   23 allocs/op
BenchmarkOperators/flatMapJust/flux  100  330000 ns/op  33.00 ns/elem  80728 B/op  10012 allocs/op
BenchmarkOperators/chain/flux-request-1    100  117000 ns/op  11.70 ns/elem  500 B/op  19 allocs/op
BenchmarkFanOut/directBestEffort/1000-2    100  1530 ns/op  1.530 ns/subscriber  0 B/op  0 allocs/op
BenchmarkFanOut/directBestEffort/1-2       100  15 ns/op  15.30 ns/subscriber  0 B/op  0 allocs/op
BenchmarkSubscribe/flux/one/background-2   100  243.0 ns/op  250.0 cpu-ns/subscription  243.0 ns/subscription  376 B/op  9 allocs/op
PASS
`

const reactor = `[{"benchmark": "freshet.Operators.zip", "primaryMetric": {"score": 27, "rawData": [[26, 27], [30, 26]]}}]`

func TestTheTableHasMediansSpreadAndTheRowsWhereFluxIsBehind(t *testing.T) {
	r := results{}
	r.addGo(printed, "")
	require.NoError(t, r.addReactor([]byte(reactor)))
	table := r.table()
	require.Contains(t, table, "| Zip2 | 1 | 60 | - | 14 (13-15) | - | - | 26.5 (26-30) | 0 |\n")
	require.Contains(t, table, "| FlatMap to one each | - | - | - | 33 | - | - | - | 1 |\n")
	require.Contains(t, table, "| the same with request(1) | - | - | - | 11.7 |")
	require.Contains(t, table, "| A value to 1,000 subscribers | - | - | - | 1.53 |")
	require.Contains(t, table, "| Subscribing to a chain of three | - | - | - | 243 | - | - | - | 9 |\n")
	require.Contains(t, table, "Where flux is not first:\n\n- Zip2: flux has 14; loop 1.\n")
}

func TestTheTableTakesThePlaceOfTheOneInTheFile(t *testing.T) {
	dir := t.TempDir()
	ops, readme := filepath.Join(dir, "ops.txt"), filepath.Join(dir, "README.md")
	require.NoError(t, os.WriteFile(ops, []byte(printed), 0o600))
	require.NoError(t, os.WriteFile(readme, []byte("a\n"+begin+"\nold\n"+end+"\nb\n"), 0o600))
	require.NoError(t, run([]string{ops}, "", "", readme))
	text, err := os.ReadFile(readme)
	require.NoError(t, err)
	require.Regexp(t, "^a\n"+begin+"\n\n\\|(.|\n)*Zip2(.|\n)*\n"+end+"\nb\n$", string(text))
	require.NotContains(t, string(text), "old")
}

func TestAFileWithoutBenchmarksIsAnError(t *testing.T) {
	ops := filepath.Join(t.TempDir(), "ops.txt")
	require.NoError(t, os.WriteFile(ops, []byte("PASS\n"), 0o600))
	require.ErrorContains(t, run([]string{ops}, "", "", ""), "no benchmark")
}

func TestTheTimeOfTheProcessorsTakesThePlaceOfTheClocksWhereItIsWanted(t *testing.T) {
	r := results{}
	r.addGo(printed, "cpu-")
	require.Contains(t, r.table(), "| Subscribing to a chain of three | - | - | - | 250 | - | - | - | 9 |\n")
	require.NotContains(t, r.table(), "Zip2", "it has no such figure there")
}
