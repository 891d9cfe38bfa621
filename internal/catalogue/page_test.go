package catalogue

import (
	"fmt"
	"slices"
	"strings"
)

const head = `# Operators

Every operator, by family, with a picture of a real run. This page and its pictures are written by
` + "`go test ./internal/catalogue -update`" + `; do not edit them.

How to read a picture: time runs to the right. Above the box are the sources, as they were subscribed
to; below it is what the subscriber got. A bar is completion, a cross an error, a dashed bar a cancel, ` + "`↑2`" + `
a request for two more. Small words are calls of the functions that were given to the operator.

What is called ` + "`Mono.X`" + ` is a method of flux.Mono, and ` + "`mono.X`" + ` a function of package mono: they are the
last chapters. All else is package flux.
`

// page writes docs/operators.md.
func page(ops []operator) (string, error) {
	var b strings.Builder
	b.WriteString(head)
	told := 0
	for _, fam := range families() {
		var mine []operator
		for _, op := range ops {
			if slices.Contains(fam.files, op.file) {
				mine = append(mine, op)
			}
		}
		if len(mine) == 0 {
			continue
		}
		told += len(mine)
		fmt.Fprintf(&b, "\n## %s\n", fam.title)
		for _, op := range mine {
			op.write(&b)
		}
	}
	if told != len(ops) {
		for _, op := range ops {
			if !slices.ContainsFunc(families(), func(f family) bool { return slices.Contains(f.files, op.file) }) {
				return "", fmt.Errorf("catalogue: %s stands in %s, which belongs to no family (samples.go)", op.name, op.file)
			}
		}
	}
	return b.String(), nil
}

func (op operator) write(b *strings.Builder) {
	fmt.Fprintf(b, "\n### %s\n\n```go\n%s\n```\n\n%s\n", op.name, op.signature, op.summary)
	if op.reactor != "" {
		fmt.Fprintf(b, "Source: %s.\n", op.reactor)
	}
	fmt.Fprintf(b, "\n![%s](marbles/%s.svg)\n", op.name, op.name)
}
