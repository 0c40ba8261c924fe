// Command pulsarserver runs a real Pulsar for a desk or for a test run.
//
//	pulsarserver [FLAGS]                  starts one and waits for Ctrl-C
//	pulsarserver [FLAGS] -- COMMAND ...   starts one, runs COMMAND with
//	                                      MESHC_TEST_PULSAR set, exits as it does
//	pulsarserver -fetch [FLAGS]           only fetches
//
// Nothing is left behind but the fetched server in the user's cache folder.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/internal/testserver/serve"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run returns the exit code: 0, 1 for a failure, 2 for wrong usage, that of
// COMMAND where there is one, 128 and the signal's number after a signal.
func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("pulsarserver", flag.ContinueOnError)
	flags.SetOutput(stderr)
	version := flags.String("version", pulsar.DefaultVersion, "Pulsar `version`: "+strings.Join(pulsar.Versions(), " or "))
	runtime := flags.String("runtime", string(pulsar.Thread), "where functions run: thread (Java only) or process")
	packages := flags.Bool("packages", true, "package service on (RocksDB); off means ZooKeeper")
	auth := flags.Bool("auth", false, "token authentication and authorisation on")
	threads := flags.Int("threads", 32, "HTTP threads of the broker; 0 for Pulsar's default")
	workers := flags.Int("workers", 0, "function workers as processes of their own; 0 is one inside the broker")
	python := flags.Bool("python", false, "make a Python environment for Python functions (with -runtime process)")
	fetch := flags.Bool("fetch", false, "only fetch the server (and with -python the environment)")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	opts := pulsar.Options{
		Version: *version, Runtime: pulsar.Runtime(*runtime), Packages: *packages,
		Auth: *auth, HTTPThreads: *threads, Workers: *workers, Output: stderr,
	}
	return serve.Exit(stderr, func(ctx context.Context) (err error) {
		if *python {
			if opts.Python, err = pulsar.Python(ctx, stderr); err != nil {
				return err
			}
		}
		if *fetch {
			_, err = pulsar.Home(ctx, opts.Version, stderr)
			return err
		}
		srv, err := pulsar.Start(ctx, opts)
		if err != nil {
			return err
		}
		// A server that was killed in the end is no failure of the command.
		return serve.Around(ctx, srv.Stop, func() error { return announce(stdout, srv, opts) }, flags.Args(), pulsar.AttachEnv+"="+srv.AdminURL+","+srv.BrokerURL, pulsar.ErrSlowStop)
	})
}

// announce tells where the server is. With authentication it writes a
// client.conf of the superuser into the run folder.
func announce(out io.Writer, srv *pulsar.Server, opts pulsar.Options) error {
	fmt.Fprintf(out, "Pulsar %s is ready\n  admin   %s\n  broker  %s\n  log     %s\n", srv.Version, srv.AdminURL, srv.BrokerURL, srv.Log)
	if opts.Auth {
		path := filepath.Join(srv.RunDir, "client.conf")
		conf := fmt.Sprintf("webServiceUrl=%s\nbrokerServiceUrl=%s\nauthPlugin=org.apache.pulsar.client.impl.auth.AuthenticationToken\nauthParams=token:%s\n",
			srv.AdminURL, srv.BrokerURL, srv.AdminToken())
		if err := os.WriteFile(path, []byte(conf), 0o600); err != nil {
			return err
		}
		fmt.Fprintf(out, "  superuser's settings: PULSAR_CLIENT_CONF=%s\n", path)
	}
	fmt.Fprintln(out, "Ctrl-C stops it and removes its data.")
	return nil
}
