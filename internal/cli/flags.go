package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/meshc/meshc/backends"
	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/schema/fields"
)

// choice is a flag that takes one of a few words.
type choice struct {
	value *string
	words []string
}

// String implements pflag.Value.
func (c choice) String() string {
	if c.value == nil {
		return ""
	}
	return *c.value
}

// Type implements pflag.Value; it is what help shows for the value.
func (c choice) Type() string { return strings.Join(c.words, "|") }

// Set implements pflag.Value.
func (c choice) Set(s string) error {
	if !slices.Contains(c.words, s) {
		return fmt.Errorf("it takes %s", orList(c.words))
	}
	*c.value = s
	return nil
}

func orList(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// noArgs refuses arguments where a command takes flags only.
func noArgs(message, remedy string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		return usage(remedy, message+", not %q", args[0])
	}
}

// addChoice adds such a flag, with completion; *value is its default.
func addChoice(cmd *cobra.Command, persistent bool, value *string, name, short, help string, words ...string) {
	flags := cmd.Flags()
	if persistent {
		flags = cmd.PersistentFlags()
	}
	flags.VarP(choice{value, words}, name, short, help)
	complete(cmd, name, words...)
}

func complete(cmd *cobra.Command, flag string, words ...string) {
	// The only error is a flag that does not exist or that has a completion already.
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

// risks is a flag that collects names of risks.
type risks struct{ list *[]plan.RiskKind }

// String implements pflag.Value.
func (r risks) String() string {
	if r.list == nil {
		return ""
	}
	return strings.Join(riskNames(*r.list), ",")
}

// Type implements pflag.Value.
func (r risks) Type() string { return "RISK" }

// Set implements pflag.Value; the flag may be repeated and takes a list with commas.
func (r risks) Set(s string) error {
	for name := range strings.SplitSeq(s, ",") {
		kind := plan.RiskKind(strings.TrimSpace(name))
		if !slices.Contains(plan.RiskKinds(), kind) {
			return fmt.Errorf("the risks are %s", strings.Join(riskNames(plan.RiskKinds()), ", "))
		}
		if !slices.Contains(*r.list, kind) {
			*r.list = append(*r.list, kind)
		}
	}
	return nil
}

func riskNames(kinds []plan.RiskKind) []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k)
	}
	return names
}

func addAllow(cmd *cobra.Command, list *[]plan.RiskKind) {
	var needed []string
	for _, k := range plan.RiskKinds() {
		if k.MustBeAllowed() {
			needed = append(needed, string(k))
		}
	}
	cmd.Flags().Var(risks{list}, "allow", "accept this `RISK` of the plan ("+strings.Join(needed, ", ")+"); repeatable, or several with commas")
	complete(cmd, "allow", riskNames(plan.RiskKinds())...)
}

// outputFlag adds -o; the default is for people.
func addOutput(cmd *cobra.Command, value *string) {
	*value = "human"
	addChoice(cmd, false, value, "output", "o", "form of the result", "human", "json")
}

// fileFlags name mesh files, as arguments or by -f, and what is put into them.
type fileFlags struct{ files, overlays, sets []string }

// bind adds the flags of commands that compile meshes.
func (x *fileFlags) bind(cmd *cobra.Command) {
	x.bindFiles(cmd)
	cmd.Flags().StringArrayVar(&x.overlays, "overlay", nil, "`FILE` to lay over the mesh: what it gives is merged in, lists of named things by name (repeatable; later ones win)")
	cmd.Flags().StringArrayVar(&x.sets, "set", nil, "set one value of the mesh, as `PATH=VALUE`, such as variables.n=3 or functions.split.parallelism=4 (repeatable; after overlays)")
}

// bindFiles adds the flags of commands that take mesh files as they are written.
func (x *fileFlags) bindFiles(cmd *cobra.Command) {
	cmd.Flags().StringArrayVarP(&x.files, "filename", "f", nil, "mesh `FILE`, folder of mesh files, or - for standard input; the same as an argument (repeatable)")
	cmd.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return []string{"yaml", "yml", "json"}, cobra.ShellCompDirectiveFilterFileExt
	}
}

// changes tells that something is to be put into mesh files.
func (x *fileFlags) changes() bool { return len(x.overlays)+len(x.sets) > 0 }

// pulsarVersion is a flag with a version of Pulsar.
type pulsarVersion struct{ value *string }

// String implements pflag.Value.
func (v pulsarVersion) String() string {
	if v.value == nil {
		return ""
	}
	return *v.value
}

// Type implements pflag.Value.
func (pulsarVersion) Type() string { return "VERSION" }

// Set implements pflag.Value; it takes what fields.Version knows.
func (v pulsarVersion) Set(s string) error {
	if _, err := fields.Version(s); err != nil || s == "" {
		return fmt.Errorf("the versions are %s, with or without a third number", strings.Join(fields.Versions(), ", "))
	}
	*v.value = s
	return nil
}

// addPulsarVersion adds --pulsar-version; without it *value stays empty, for any.
func addPulsarVersion(cmd *cobra.Command, value *string) {
	cmd.Flags().Var(pulsarVersion{value}, "pulsar-version", "check for workers of this `VERSION` of Pulsar, such as 4.0 or 4.2.4; default: any from "+fields.Versions()[0])
	complete(cmd, "pulsar-version", fields.Versions()...)
}

// all returns what was named either way.
func (x *fileFlags) all(args []string) []string {
	return append(slices.Clone(args), x.files...)
}

// connectFlags say which cluster is meant.
type connectFlags struct {
	backend    string
	adminURL   string
	brokerURL  string
	workerURL  string
	allowHosts []string
	packages   string
	verifyCode bool
	timeout    time.Duration
	kubernetes backends.Kubernetes
	moveFrom   string
	// records is the topic of the records; "" is the usual one.
	records string
	// managerURL is that of --manager; see manager.
	managerURL string
	// typed are the flags of the command line.
	typed *pflag.FlagSet
}

func (x *connectFlags) bind(cmd *cobra.Command, timeoutHelp string) {
	x.backend, x.typed = "native", cmd.Flags()
	cmd.Flags().StringVar(&x.backend, "backend", x.backend, "`WHERE` meshes run: native is Pulsar's own function workers, kubernetes the Function Mesh operator")
	complete(cmd, "backend", backends.Names()...)
	x.bindKubernetes(cmd)
	cmd.Flags().StringVar(&x.records, "records-topic", "", "`TOPIC` of Pulsar that keeps what is remembered of meshes; default: persistent://public/functions/meshc-records, and on Kubernetes ConfigMaps beside each mesh")
	cmd.Flags().StringVar(&x.managerURL, "manager", "", "`URL` of a FunctionMeshManager that is to do this, in place of this command; default: MESHC_MANAGER, else none")
	cmd.Flags().StringVar(&x.adminURL, "admin-url", "", "`URL` of Pulsar's web service; default: client.conf named by PULSAR_CLIENT_CONF, else http://localhost:8080")
	cmd.Flags().StringVar(&x.brokerURL, "broker-url", "", "`URL` of Pulsar's binary service; default: client.conf, else pulsar://localhost:6650")
	cmd.Flags().StringVar(&x.workerURL, "worker-url", "", "`URL` of function workers that are processes of their own; default: workers inside the brokers of --admin-url")
	cmd.Flags().StringSliceVar(&x.allowHosts, "allow-host", nil, "`HOST` that redirects may lead to and that then gets the credentials too (repeatable)")
	x.packages = "auto"
	addChoice(cmd, false, &x.packages, "packages", "", "whether code goes through Pulsar's package service; auto: where the cluster has it", "auto", "on", "off")
	cmd.Flags().DurationVar(&x.timeout, "timeout", 0, timeoutHelp)
}

// bindKubernetes adds the flags of the kubernetes backend.
func (x *connectFlags) bindKubernetes(cmd *cobra.Command) {
	k := &x.kubernetes
	cmd.Flags().StringVar(&k.Kubeconfig, "kubeconfig", "", "kubeconfig `FILE`; default: KUBECONFIG, ~/.kube/config, or the pod's service account")
	cmd.Flags().StringVar(&k.Context, "kube-context", "", "`CONTEXT` of the kubeconfig; default: its current one")
	cmd.Flags().StringVar(&k.Namespace, "kube-namespace", "", "`NAMESPACE` of Kubernetes for meshes that name none; default: the context's")
	addOperatorVersion(cmd, &k.Operator, "what the definitions in the cluster say")
	cmd.Flags().BoolVar(&k.Components, "components", false, "on Kubernetes, make each node a Function, Source or Sink of its own instead of one FunctionMesh")
}

// compiling adds to the options of a compilation what the backend makes of meshes.
func (x *connectFlags) compiling(opts compiler.Options) compiler.Options {
	if x.backend == string(compiler.Kubernetes) {
		opts.Operator, opts.Components = x.kubernetes.Operator, x.kubernetes.Components
	}
	return opts
}

// bindForce adds the flag of commands that write resources of Kubernetes.
func (x *connectFlags) bindForce(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&x.kubernetes.ForceConflicts, "force-conflicts", false, "on Kubernetes, take over fields that others have set")
}

// bindMove adds the flag of commands that can take a mesh from one backend to another.
func (x *connectFlags) bindMove(cmd *cobra.Command) {
	cmd.Flags().StringVar(&x.moveFrom, "move-from", "", "`BACKEND` that the mesh runs on, native or kubernetes: its components are taken from there to --backend, one after the other, and read on through their subscriptions")
	complete(cmd, "move-from", backends.Names()...)
}

// bindVerifyCode adds the flag of commands that write components.
func (x *connectFlags) bindVerifyCode(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&x.verifyCode, "verify-code", false, "download the code of each component that was written, and compare it by hash with what was sent")
}

// commandTimeout is the help of --timeout where it bounds the whole command.
const commandTimeout = "give up after this `DURATION`, such as 30s; 0 waits as long as it takes"

// open opens the backend of that name, which may have come from a plan file.
func (x *connectFlags) open(f *Factory, name string) (backend.Backend, error) {
	if url := x.manager(f); url != "" {
		return x.openManager(f, url)
	}
	for _, flag := range []struct{ name, value string }{{"admin-url", x.adminURL}, {"broker-url", x.brokerURL}, {"worker-url", x.workerURL}} {
		if flag.value == "" && x.typed.Changed(flag.name) {
			return nil, usage("leave it out for the default", "--%s is empty", flag.name)
		}
	}
	b, err := f.Backend(name, x.settings(f))
	var flag *backends.FlagError
	if errors.As(err, &flag) && (flag.Flag != backends.FlagBackend || x.typed.Changed("backend")) {
		return nil, usage("", "%s", err)
	}
	if err != nil {
		return nil, fmt.Errorf("backend %s: %w", name, err)
	}
	return b, nil
}

// settings are what the flags say, for those who open a cluster.
func (x *connectFlags) settings(f *Factory) backends.Settings {
	return backends.Settings{
		AdminURL: x.adminURL, BrokerURL: x.brokerURL, WorkerURL: x.workerURL, Getenv: f.Getenv,
		AllowedHosts: x.allowHosts, Packages: x.packages, VerifyCode: x.verifyCode, Kubernetes: x.kubernetes, MoveFrom: x.moveFrom, RecordsTopic: x.records,
		Warn: func(text string) { f.say("meshc: warning: %s", view.Clean(text)) },
	}
}

// errTime is the cause of a context that --timeout ended.
var errTime = errors.New("the time of --timeout has passed")

// within runs fn for as long as --timeout allows. Other limits, such as those of
// one request, are told as what they are.
func (x *connectFlags) within(ctx context.Context, fn func(context.Context) error) error {
	if x.timeout <= 0 {
		return fn(ctx)
	}
	bounded, cancel := context.WithTimeoutCause(ctx, x.timeout, errTime)
	defer cancel()
	err := fn(bounded)
	if err != nil && errors.Is(context.Cause(bounded), errTime) {
		return fmt.Errorf("gave up after %s (--timeout): %w", x.timeout, err)
	}
	return err
}
