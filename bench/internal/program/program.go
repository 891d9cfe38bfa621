// Package program builds bench/servers and bench/sseload and runs them as processes of
// their own, for the commands that measure.
package program

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const module = "github.com/freshet-go/freshet/bench"

// Programs are the two, built. They may be used from any goroutine.
type Programs struct {
	Dir     string // of the bench module
	Servers string // the files
	Sseload string

	bin string // where they are; removed at the end
}

// Build compiles them into a directory that Remove removes. It works from the
// repository's root, where go.work ties the modules, and from the bench module.
func Build(ctx context.Context) (Programs, error) {
	var p Programs
	var err error
	if p.Dir, err = ModuleDir(ctx); err != nil {
		return p, err
	}
	if p.bin, err = os.MkdirTemp("", "freshet-bench"); err != nil {
		return p, err
	}
	p.Servers, p.Sseload = filepath.Join(p.bin, "servers"), filepath.Join(p.bin, "sseload")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", p.bin, module+"/servers", module+"/sseload")
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		p.Remove()
		return p, fmt.Errorf("build: %w", err)
	}
	return p, nil
}

// ModuleDir gives the directory of the bench module.
func ModuleDir(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		return "", fmt.Errorf("the module %s is not to be found from here: run this from the repository's root", module)
	}
	return strings.TrimSpace(string(out)), nil
}

// Missing gives the kinds of servers that cannot run on this machine, and why.
func (p Programs) Missing(ctx context.Context) (map[string]string, error) {
	out, err := exec.CommandContext(ctx, p.Servers, "-missing").Output()
	if err != nil {
		return nil, err
	}
	missing := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if kind, why, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			missing[kind] = why
		}
	}
	return missing, nil
}

// Remove removes the files.
func (p Programs) Remove() { _ = os.RemoveAll(p.bin) }
