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
	"path/filepath"

	"github.com/meshc/meshc/internal/testserver/k8s"
	"github.com/meshc/meshc/internal/testserver/serve"
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
	return serve.Exit(stderr, func(ctx context.Context) error {
		if *build {
			programs, err := k8s.Programs(ctx, stderr)
			fmt.Fprintln(stdout, programs)
			return err
		}
		srv, err := k8s.Start(ctx, k8s.Options{CRDs: *crds, Output: stderr})
		if err != nil {
			return err
		}
		announce := func() error {
			_, err := fmt.Fprintf(stdout, "Kubernetes %s is ready at %s\n  export KUBECONFIG=%s\n  kubectl     %s\n  logs        %s\nCtrl-C stops it and removes its data.\n",
				srv.Version, srv.URL, srv.Kubeconfig, filepath.Join(srv.Programs, "kubectl"), srv.Log("kube-apiserver"))
			return err
		}
		return serve.Around(ctx, srv.Stop, announce, flags.Args(), k8s.AttachEnv+"="+srv.Kubeconfig, nil)
	})
}
