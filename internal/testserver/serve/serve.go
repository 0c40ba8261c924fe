// Package serve is what the commands that run a server have in common: they run it
// until Ctrl-C, or around another command.
package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

// Exit runs do with a context that SIGINT or SIGTERM ends, and returns the exit code:
// 0, 1 for a failure, which is told on stderr, that of the command that do ran, 128
// and the signal's number after a signal. A second signal ends the process at once;
// the server dies with it.
func Exit(stderr io.Writer, do func(context.Context) error) int {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		sig := (<-signals).(syscall.Signal)
		signal.Stop(signals)
		cancel(caught(sig))
	}()
	err := do(ctx)
	var sig caught
	var exit *exec.ExitError
	switch {
	case errors.As(context.Cause(ctx), &sig):
		return 128 + int(sig)
	case errors.As(err, &exit):
		return max(exit.ExitCode(), 1)
	case err != nil:
		fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}

// caught is the signal that ended a context.
type caught syscall.Signal

// Error implements error.
func (c caught) Error() string { return syscall.Signal(c).String() }

// Around announces a server that was started, and waits for ctx; or, where there is a
// command, runs that instead, with one more variable in its environment. Then it
// stops the server. An [exec.ExitError] is the command's: how that ended is what
// the caller wants to know, so that trouble with the stop is then told on standard
// error. harmless are errors of the stop that are no failure of a command's run.
func Around(ctx context.Context, stop func() error, announce func() error, command []string, env string, harmless error) (err error) {
	defer func() {
		stopErr := stop()
		switch {
		case err == nil && (len(command) == 0 || !errors.Is(stopErr, harmless)):
			err = stopErr
		case stopErr != nil:
			fmt.Fprintln(os.Stderr, stopErr)
		}
	}()
	if len(command) == 0 {
		if err := announce(); err != nil {
			return err
		}
		<-ctx.Done()
		return nil
	}
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), env)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	return cmd.Run()
}
