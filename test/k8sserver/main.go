// Command k8sserver runs a real Kubernetes API server for a desk or for a test run,
// with the custom resource definitions of Function Mesh and no nodes.
//
//	k8sserver [FLAGS]                  starts one and waits for Ctrl-C
//	k8sserver [FLAGS] -- COMMAND ...   starts one, runs COMMAND with MESHC_TEST_K8S
//	                                   (a kubeconfig) set, exits as it does
//	k8sserver -build                   only builds the programs
//
// Nothing is left behind but the programs in the user's cache folder.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/meshc/meshc/internal/testserver/k8s"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run returns the exit code: 0, 1 for a failure, 2 for wrong usage, that of COMMAND
// where there is one, 128 and the signal's number after a signal.
func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("k8sserver", flag.ContinueOnError)
	flags.SetOutput(stderr)
	crds := flags.String("crds", "", "`folder` of custom resource definitions to install instead of the project's own")
	build := flags.Bool("build", false, "only build the programs, and print their folder")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	ctx, caught, stop := onSignal()
	defer stop()
	err := func() error {
		if *build {
			programs, err := k8s.Programs(ctx, stderr)
			fmt.Fprintln(stdout, programs)
			return err
		}
		return serve(ctx, k8s.Options{CRDs: *crds, Output: stderr}, flags.Args(), stdout)
	}()
	var exit *exec.ExitError
	switch {
	case caught() != 0:
		return 128 + int(caught())
	case errors.As(err, &exit):
		return max(exit.ExitCode(), 1)
	case err != nil:
		fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}

// serve starts the server, runs the command or else waits for ctx, and stops the
// server. An [exec.ExitError] is the command's.
func serve(ctx context.Context, opts k8s.Options, command []string, stdout io.Writer) (err error) {
	srv, err := k8s.Start(ctx, opts)
	if err != nil {
		return err
	}
	defer func() {
		// How the command ended is what the caller wants to know.
		if stopErr := srv.Stop(); err == nil {
			err = stopErr
		} else if stopErr != nil {
			fmt.Fprintln(os.Stderr, stopErr)
		}
	}()
	if len(command) == 0 {
		fmt.Fprintf(stdout, "Kubernetes %s is ready at %s\n  export KUBECONFIG=%s\n  kubectl     %s\n  logs        %s\nCtrl-C stops it and removes its data.\n",
			srv.Version, srv.URL, srv.Kubeconfig, filepath.Join(srv.Programs, "kubectl"), srv.Log("kube-apiserver"))
		<-ctx.Done()
		return nil
	}
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), k8s.AttachEnv+"="+srv.Kubeconfig)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	return cmd.Run()
}

// onSignal returns a context that SIGINT or SIGTERM ends, and which of them it was
// (0: none). A second signal ends the process at once; the server dies with it.
func onSignal() (ctx context.Context, caught func() syscall.Signal, stop func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		sig := (<-signals).(syscall.Signal)
		signal.Stop(signals)
		cancel(caughtSignal(sig))
	}()
	caught = func() syscall.Signal {
		var c caughtSignal
		errors.As(context.Cause(ctx), &c)
		return syscall.Signal(c)
	}
	return ctx, caught, func() { cancel(nil) }
}

type caughtSignal syscall.Signal

func (c caughtSignal) Error() string { return syscall.Signal(c).String() }
