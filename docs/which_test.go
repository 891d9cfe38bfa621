package docs_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	whichOperator = "which-operator.md"
	catalogue     = "operators.md"
)

func TestLinksIntoTheCatalogueLeadToTheOperator(t *testing.T) {
	headings := anchors(read(t, catalogue))
	links := regexp.MustCompile("\\[`([^`]+)`\\]\\("+catalogue+"#([^)]*)\\)").FindAllStringSubmatch(read(t, whichOperator), -1)
	require.Greater(t, len(links), 200)
	for _, l := range links {
		name := strings.TrimPrefix(strings.TrimPrefix(l[1], "flux."), "Flux.")
		require.Equal(t, name, headings[l[2]], "%s links to #%s", l[1], l[2])
	}
}

func TestEveryOperatorOfTheCatalogueHasAPurpose(t *testing.T) {
	page := read(t, whichOperator)
	headings := anchors(read(t, catalogue))
	twins := map[string]bool{}
	for _, name := range headings {
		twins["mono."+name] = true
	}
	for anchor, name := range headings {
		if strings.HasPrefix(name, "Mono.") || twins[name] || name == "" {
			continue // a Mono's twin of an operator of Flux
		}
		require.Contains(t, page, catalogue+"#"+anchor+")", "%s is not in %s", name, whichOperator)
	}
}

// anchors gives the anchors of a page's headings, as GitHub makes them, with the
// heading of those that are operators.
func anchors(page string) map[string]string {
	all, times := map[string]string{}, map[string]int{}
	junk := regexp.MustCompile(`[^\w\- ]`)
	for line := range strings.Lines(page) {
		marks, text, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || strings.Trim(marks, "#") != "" || marks == "" {
			continue
		}
		a := strings.ReplaceAll(junk.ReplaceAllString(strings.ToLower(text), ""), " ", "-")
		times[a]++
		if n := times[a]; n > 1 {
			a = fmt.Sprintf("%s-%d", a, n-1)
		}
		all[a] = ""
		if marks == "###" {
			all[a] = text
		}
	}
	return all
}
