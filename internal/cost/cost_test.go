package cost

import (
	"bufio"
	"bytes"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	_ "github.com/freshet-go/freshet/internal/cost/one" // so that no result is kept when it changes
)

const (
	perType = 3100 // functions of flux for one type that has a Flux
	others  = 500  // for what every package has that has any: RetrySignal, int64, int and so on
)

// What names an instance of a type or a function of ours, for some type.
var instance = regexp.MustCompile(`freshet/(flux|internal/[a-z]+)\..*\[`)

func TestATypeCostsNoMoreToCompileThanItDid(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a package")
	}
	export, err := exec.Command("go", "list", "-export", "-f", "{{.Export}}", "./one").Output()
	require.NoError(t, err)
	symbols, err := exec.Command("go", "tool", "nm", strings.TrimSpace(string(export))).Output()
	require.NoError(t, err)
	ofEvent, ofOthers := 0, 0
	for lines := bufio.NewScanner(bytes.NewReader(symbols)); lines.Scan(); {
		switch line := lines.Text(); {
		case !strings.Contains(line, " T ") || !instance.MatchString(line):
		case strings.Contains(line, "one.Event"), strings.Contains(line, "struct { Name string; Data string }"):
			ofEvent++
		default:
			ofOthers++
		}
	}
	t.Logf("%d functions for the type, %d for others", ofEvent, ofOthers)
	require.Greater(t, ofEvent, 1000, "the test counts nothing: see what go tool nm prints")
	// string is a type of this program too.
	require.LessOrEqual(t, ofEvent, perType, "a method of Flux or Mono, or something that one mentions, brings more with it: "+
		"look for another Flux[X] in the signatures of whatever the methods' types have for methods")
	require.LessOrEqual(t, ofOthers, perType+others)
}
