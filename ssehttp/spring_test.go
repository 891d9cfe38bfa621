package ssehttp

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The vectors are bytes that Spring's own writers produced. They are read from
// testdata, or from the directories named in FRESHET_SPRING (separated like
// PATH; every .json file in them). What a row asks of Spring that no Event can
// express is found by the rules of springcase_test.go, never by name.
func TestSpringModeWritesTheBytesThatSpringWrites(t *testing.T) {
	dirs := []string{"testdata"}
	if env := os.Getenv("FRESHET_SPRING"); env != "" {
		dirs = filepath.SplitList(env)
	}
	var passed, failed int
	inexpressible := map[string]int{}
	for _, row := range springRows(t, dirs) {
		switch events, reason := row.events(); {
		case reason != "":
			inexpressible[reason]++
		case row.check(t, events):
			passed++
		default:
			failed++
		}
	}
	total := 0
	var reasons []string
	for _, reason := range slices.Sorted(maps.Keys(inexpressible)) {
		total += inexpressible[reason]
		reasons = append(reasons, fmt.Sprintf("%s %d", reason, inexpressible[reason]))
	}
	t.Logf("spring wire: %d passed, %d failed, %d not expressible (by reason: %s)", passed, failed, total, strings.Join(reasons, "; "))
	require.NotZero(t, passed, "no vector was run")
}

// springRow is one vector.
type springRow struct {
	Name   string          `json:"name"`
	Writer string          `json:"writer"`
	Input  json.RawMessage `json:"input"`
	Hex    *string         `json:"bytes_hex"`
	Error  string          `json:"error"`
}

func springRows(t *testing.T, dirs []string) []springRow {
	var rows []springRow
	for _, dir := range dirs {
		files, err := filepath.Glob(filepath.Join(dir, "*.json"))
		require.NoError(t, err)
		require.NotEmpty(t, files, "no vectors in %s", dir)
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			lines := bufio.NewScanner(bytes.NewReader(text))
			lines.Buffer(nil, len(text)+1)
			for lines.Scan() {
				var row springRow
				require.NoError(t, json.Unmarshal(lines.Bytes(), &row), "%s: %s", file, lines.Text())
				rows = append(rows, row)
			}
		}
	}
	return rows
}

// check encodes the events in Spring mode, both directly and from a shared
// frame, and compares bytes and refusal.
func (row springRow) check(t *testing.T, events []Event) bool {
	var want []byte
	if row.Hex != nil {
		b, err := hex.DecodeString(*row.Hex)
		require.NoError(t, err)
		want = b
	}
	got, err := appendAll(nil, events)
	label := row.Writer + " " + row.Name
	return assert.Equal(t, string(want), string(got), label) && row.checkError(t, label, err)
}

func (row springRow) checkError(t *testing.T, label string, err error) bool {
	if row.Error == "" {
		return assert.NoError(t, err, label)
	}
	return assert.ErrorIs(t, err, ErrInvalidEvent, "%s: Spring refuses it: %s", label, row.Error)
}

func appendAll(dst []byte, events []Event) ([]byte, error) {
	for _, e := range events {
		var err error
		if dst, err = Spring.Append(dst, e); err != nil {
			return dst, err
		}
		frozen, err := e.Encoded()
		if err != nil {
			continue // Standard is stricter
		}
		direct, _ := Spring.Append(nil, e)
		if shared := frozen.shared(Spring); !bytes.Equal(shared, direct) {
			return dst, fmt.Errorf("the shared frame differs: %q and %q", shared, direct)
		}
	}
	return dst, nil
}

func TestSpringModeTellsEmptyFromAbsentByWithEmpty(t *testing.T) {
	for _, c := range []struct {
		event Event
		want  string
	}{
		{Event{}, "\n"},
		{Event{Name: "open"}, "event:open\n\n"},
		{Event{Name: "open"}.WithEmpty(FieldData), "event:open\ndata:\n\n"},
		{Event{}.WithEmpty(FieldID | FieldName | FieldRetry | FieldComment | FieldData), "id:\nevent:\nretry:0\n:\ndata:\n\n"},
		{Event{Comment: "hb"}, ":hb\n\n"},
		{Event{ID: "a\x00 "}, "id:a\x00 \n\n"},
		{Event{Retry: -1500 * 1000}, "retry:-1\n\n"},
		{Event{Retry: 999}, "retry:0\n\n"},
		{Event{ID: "\xff", Data: "\xff"}, "id:\uFFFD\ndata:\uFFFD\n\n"},
	} {
		got, err := Spring.Append(nil, c.event)
		require.NoError(t, err)
		assert.Equal(t, c.want, string(got))
	}
}
