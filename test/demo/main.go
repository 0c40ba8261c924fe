// Command demo tells the story of meshc on a real Pulsar: a mesh is checked,
// planned and applied, counts the words of a text, is changed while it counts,
// and is taken down again. Everything that is said is checked; the exit code is
// 1 when anything is not as told. Nothing is left behind but the Pulsar server
// in the user's cache folder.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/meshc/meshc/internal/testserver/pulsar"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run returns the exit code: 0, 1 when something is not as told, 2 for wrong
// usage, 128 and the signal's number after a signal.
func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.SetOutput(stderr)
	version := flags.String("version", pulsar.DefaultVersion, "Pulsar `version`: "+strings.Join(pulsar.Versions(), " or "))
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	ctx, caught, stop := onSignal()
	defer stop()
	t := newTeller(stdout)
	err := demo(ctx, t, pulsar.Options{Version: *version, Packages: true, HTTPThreads: 32, Output: stdout})
	switch sig := caught(); {
	case sig != 0:
		fmt.Fprintf(stderr, "\ndemo: %v; everything is cleared away\n", sig)
		return 128 + int(sig)
	case errors.As(err, new(*needsError)):
		fmt.Fprintln(stderr, err)
		return 1
	case err != nil:
		fmt.Fprintf(stderr, "\n%s %v\n", t.bad("NOT AS TOLD:"), err)
		return 1
	}
	return 0
}

// onSignal returns a context that a signal ends, and which it was (0: none). A
// second signal ends the process at once; the server dies with it.
func onSignal() (ctx context.Context, caught func() syscall.Signal, stop func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals, pipe := make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	// A reader such as head may have seen enough. This one stays caught: else the
	// next line would end the process before it has cleared away.
	signal.Notify(pipe, syscall.SIGPIPE)
	go func() {
		select {
		case sig := <-signals:
			signal.Stop(signals)
			cancel(caughtSignal(sig.(syscall.Signal)))
		case sig := <-pipe:
			cancel(caughtSignal(sig.(syscall.Signal)))
		}
	}()
	if exe, err := os.Executable(); err == nil && strings.Contains(exe, "go-build") {
		go watchParent(cancel)
	}
	caught = func() syscall.Signal {
		var c caughtSignal
		errors.As(context.Cause(ctx), &c)
		return syscall.Signal(c)
	}
	return ctx, caught, func() { cancel(nil) }
}

// watchParent ends the demo when `go run` is gone: it does not pass SIGTERM on.
func watchParent(cancel context.CancelCauseFunc) {
	for parent := os.Getppid(); os.Getppid() == parent; {
		time.Sleep(200 * time.Millisecond)
	}
	cancel(caughtSignal(syscall.SIGTERM))
}

type caughtSignal syscall.Signal

// Error implements error.
func (c caughtSignal) Error() string { return syscall.Signal(c).String() }
