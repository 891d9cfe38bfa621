// Package cmdline is what the programs of bench have for a main function.
package cmdline

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// Main runs a program until it ends or is interrupted (SIGINT, SIGTERM), which ends
// ctx. An error is printed behind the program's name and makes the exit code 1; one
// of -help has been answered already.
func Main(name string, run func(ctx context.Context, args []string) error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, name+":", err)
		}
		os.Exit(1) // nothing is deferred but the end of signal handling
	}
}
