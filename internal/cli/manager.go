package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"
)

type managerOptions struct {
	f       *Factory
	connect connectFlags

	listen, advertise string
	auth              string
	noAuth, plainHTTP bool
	tls               managerTLS
	claim             string
	peers             []string
	upload            int64
	connections       int
	grace             time.Duration
	reconcile         bool
	repair            bool
	every             time.Duration
}

// managerTLS are the certificates of a manager.
type managerTLS struct {
	cert, key, clientCA string
	// roles are COMMON-NAME=ROLE each.
	roles []string
}

// The ways in which callers of a manager prove who they are.
const (
	authToken = "token"
	authTLS   = "tls"
)

func newManagerCmd(f *Factory, runF func(context.Context, *managerOptions) error) *cobra.Command {
	o := &managerOptions{f: f}
	if runF == nil {
		runF = managerRun
	}
	cmd := &cobra.Command{
		Use:   "manager",
		Short: "Run the FunctionMeshManager as a service",
		Long: `Serves the FunctionMeshManager of PIP-66 over REST: meshes are registered, planned,
updated, listed, rolled back and taken down there, and a stream tells what happens to
them. /openapi.json describes it; docs/manager.md tells how to run it. What it remembers is
where the command line keeps it, so that both can be used side by side.

It never serves without knowing who asks. With --auth token callers send a token that
Pulsar takes, and all that is done for them is done with that token: what they may do is
what Pulsar lets them do. With --auth tls a client certificate says who it is, --tls-role
gives it a Pulsar role, and the manager asks Pulsar what that role may do before it acts
with its own credentials. --insecure-no-auth, for a desk, listens on the loopback
interface only.

Several managers may run on the same cluster and records topic: one leads and makes the
changes, the others answer from memory and pass the rest on to its --advertise address,
if --peer allows the host. Its own credentials (client.conf) need produce and consume on
the namespace of the records topic, and whatever repairs take.

The leader looks at each live mesh every few seconds, and reports what is not as it was
deployed; meshes that say 'reconcile: repair' are repaired.

SIGTERM hands the lead over, finishes what is in the air within --grace, and ends with 0.`,
		Example: `  meshc manager --insecure-no-auth
  meshc manager --auth token --listen :7780 --tls-cert tls.crt --tls-key tls.key
  meshc manager --auth token --listen :7780 --tls-cert tls.crt --tls-key tls.key \
    --advertise https://manager-0.managers:7780 --peer '*.managers'
  meshc manager --auth tls --listen :7780 --tls-cert tls.crt --tls-key tls.key \
    --tls-client-ca ca.crt --tls-role ci=deployer`,
		Args: noArgs("manager takes flags only", "meshc manager --help"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return runF(cmd.Context(), o)
		},
	}
	o.bind(cmd)
	return cmd
}

func (o *managerOptions) bind(cmd *cobra.Command) {
	o.connect.bind(cmd, "give up after this `DURATION` if the cluster cannot be reached at the start; 0 goes on trying")
	_ = cmd.Flags().MarkHidden("manager") // a manager is nobody's client
	flags := cmd.Flags()
	flags.StringVar(&o.listen, "listen", "127.0.0.1:7780", "`ADDRESS` to serve on, host:port or :port")
	flags.StringVar(&o.advertise, "advertise", "", "`URL` at which the other managers reach this one; default: none, so that nothing is passed on to it")
	addChoice(cmd, false, &o.auth, "auth", "", "how callers prove who they are", authToken, authTLS)
	flags.BoolVar(&o.noAuth, "insecure-no-auth", false, "take whoever asks for the manager itself; only on the loopback interface")
	flags.BoolVar(&o.plainHTTP, "insecure-plain-http", false, "serve tokens without TLS beyond the loopback interface, behind a proxy that has it")
	flags.StringVar(&o.claim, "token-claim", "sub", "the `CLAIM` of a token that has the role, as tokenAuthClaim of the brokers")
	flags.StringVar(&o.tls.cert, "tls-cert", "", "PEM `FILE` with the service's certificate")
	flags.StringVar(&o.tls.key, "tls-key", "", "PEM `FILE` with its key")
	flags.StringVar(&o.tls.clientCA, "tls-client-ca", "", "PEM `FILE` with the authorities of clients' certificates, for --auth tls")
	flags.StringArrayVar(&o.tls.roles, "tls-role", nil, "give certificates of a common name a role of Pulsar, as `NAME=ROLE` (repeatable)")
	flags.StringArrayVar(&o.peers, "peer", nil, "`HOST` of other managers to which requests, with the callers' tokens, are passed on: host, host:port or *.domain (repeatable)")
	flags.Int64Var(&o.upload, "max-upload", 64, "largest request with code, in `MiB`")
	flags.IntVar(&o.connections, "max-connections", 2000, "connections at a time")
	flags.DurationVar(&o.grace, "grace", time.Minute, "how long runs may take to finish what is in the air when the manager is told to end")
	flags.BoolVar(&o.reconcile, "reconcile", true, "look at live meshes for drift while this manager leads")
	flags.BoolVar(&o.repair, "repair", true, "deploy recorded versions again where a mesh says 'reconcile: repair'; without it drift is only reported")
	flags.DurationVar(&o.every, "reconcile-every", 5*time.Second, "how often each mesh is looked at")
}
