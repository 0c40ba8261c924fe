package cli

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

// Main runs meshc with its arguments (without the program's name) and returns
// the exit code.
func Main(args []string, in io.Reader, out, err io.Writer, getenv func(string) string) int {
	// A reader that goes away, as head does, must not end an apply between the two
	// halves of a replacement: writing fails instead, and that is told at the end.
	signal.Ignore(syscall.SIGPIPE)
	f := NewFactory(args, in, out, err, getenv)
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	f.Signals = signals
	f.CacheDir = os.UserCacheDir
	return f.Run()
}

// Run runs the command of f.Args and returns the exit code.
func (f *Factory) Run() int {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	f.interrupts = &interrupts{cancel: cancel}
	ended := make(chan error, 1)
	go func() { ended <- f.execute(ctx) }()
	var grace <-chan time.Time
	for {
		select {
		case err := <-ended:
			err = cause(ctx, err)
			f.tell(err)
			return exitCode(err)
		case s := <-f.Signals:
			if f.interrupts.take(s) && grace == nil {
				grace = time.After(f.Grace)
			}
		case <-grace:
			// What it still does is not worth waiting for: the process ends.
			err := f.interrupts.signalled()
			f.tell(err)
			return exitCode(err)
		}
	}
}

// execute runs the command and turns a panic into an error.
func (f *Factory) execute(ctx context.Context) (err error) {
	defer func() {
		if v := recover(); v != nil {
			bug := &bugError{value: v}
			if f.logLevel == "debug" {
				bug.stack = debug.Stack()
			}
			err = bug
		}
	}()
	root := newRootCmd(f)
	root.SetArgs(f.Args)
	cmd, err := root.ExecuteContextC(ctx)
	if err != nil && !f.started && !errors.As(err, new(*UsageError)) {
		// cobra found fault with the arguments before the command began.
		return usage(seeHelp(cmd), "%s", err)
	}
	return err
}

func seeHelp(cmd *cobra.Command) string {
	return "run '" + cmd.CommandPath() + " --help' for its usage"
}

// setUp does what holds for all commands, once the flags are read.
func (f *Factory) setUp() {
	f.started = true
	slog.SetDefault(slog.New(f.logHandler()))
}

// logHandler writes the log to standard error, or nowhere.
func (f *Factory) logHandler() slog.Handler {
	var level slog.Level
	if f.logLevel == "off" || level.UnmarshalText([]byte(f.logLevel)) != nil {
		return slog.DiscardHandler
	}
	return slog.NewTextHandler(f.Err, &slog.HandlerOptions{Level: level})
}
