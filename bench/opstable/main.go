// Opstable makes the table of operators of bench/README.md from one or several runs of
// bench/ops, and of Reactor's JMH figures if there are any:
//
//	go test ./bench/ops -run '^$' -bench . -benchtime 200ms -count 5 > ops.txt
//	go run ./bench/opstable -reactor reactor.json -readme bench/README.md ops.txt
//
// A cell is the median of the runs, with the smallest and the largest. -cpu takes the
// time of the processors in place of the clock's, which is the steadier one on a machine
// that does other things; JMH has no such figure. Without -readme the table is printed.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

// The part of the README that is rewritten stands between these two lines.
const (
	begin = "<!-- operators: written by opstable, not by hand -->"
	end   = "<!-- end of operators -->"
)

func main() {
	reactor := flag.String("reactor", "", "results of JMH, as JSON")
	readme := flag.String("readme", "", "the file whose table is to be rewritten; without it the table is printed")
	cpu := flag.Bool("cpu", false, "the time of the processors in place of the clock's")
	flag.Parse()
	prefix := ""
	if *cpu {
		prefix = "cpu-"
	}
	if err := run(flag.Args(), prefix, *reactor, *readme); err != nil {
		fmt.Fprintln(os.Stderr, "opstable:", err)
		os.Exit(1)
	}
}

func run(files []string, prefix, reactor, readme string) error {
	if len(files) == 0 {
		return fmt.Errorf("no file is given: name what go test -bench printed")
	}
	r := results{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		r.addGo(string(text), prefix)
	}
	if reactor != "" {
		text, err := os.ReadFile(reactor)
		if err != nil {
			return err
		}
		if err := r.addReactor(text); err != nil {
			return fmt.Errorf("%s: %w", reactor, err)
		}
	}
	if len(r) == 0 {
		return fmt.Errorf("%s: no benchmark of bench/ops in there", strings.Join(files, ", "))
	}
	if readme == "" {
		fmt.Print(r.table())
		return nil
	}
	return rewrite(readme, r.table())
}

// rewrite puts content between the two marks of a file.
func rewrite(file, content string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(text), begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return fmt.Errorf("%s: the lines %q and %q are not there", file, begin, end)
	}
	return os.WriteFile(file, []byte(before+begin+"\n\n"+content+"\n"+end+after), 0o644)
}
