// Package backends is the whole list of backends.
package backends

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/meshc/meshc/backends/kubernetes"
	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/backends/move"
	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/conn"
	"github.com/meshc/meshc/compiler/foreign/functionmesh/operator"
	"github.com/meshc/meshc/planner/backend"
)

// Settings are what the command line says about where a mesh runs.
type Settings struct {
	AdminURL, BrokerURL string
	// WorkerURL is where function workers listen that are processes of their own.
	WorkerURL string
	// AllowedHosts are hosts that the cluster may redirect to.
	AllowedHosts []string
	// Packages tells the native backend whether code goes by package URL: "on", "off" or "auto".
	Packages string
	// VerifyCode lets the native backend compare the code of what it wrote by hash.
	VerifyCode bool
	// Kubernetes says which cluster of Kubernetes is meant, and how meshes become
	// resources there.
	Kubernetes Kubernetes
	// MoveFrom names the backend that the mesh runs on and is to leave; "" for none.
	MoveFrom string
	// RecordsTopic is the topic of the records; "" is the usual one.
	RecordsTopic string
	// Getenv is asked for KUBECONFIG, PULSAR_CLIENT_CONF and for tokens that live in the environment.
	Getenv func(string) string
	// Warn is told remarks about the connection settings, free of secrets; nil is fine.
	Warn func(string)
}

// Kubernetes are the settings of the kubernetes backend.
type Kubernetes struct {
	// Kubeconfig, Context and Namespace are as kubectl takes them; empty ones are its defaults.
	Kubeconfig, Context, Namespace string
	// Components makes each node a resource of its own.
	Components bool
	// Operator are the fields that the operator knows; the zero value is for the newest.
	Operator operator.Features
	// ForceConflicts takes over fields that other field managers have set.
	ForceConflicts bool
}

// FlagError tells of a flag whose value cannot be used.
type FlagError = conn.FlagError

// The flags that name backends.
const (
	FlagBackend  = "--backend"
	FlagMoveFrom = "--move-from"
)

// Opener makes a backend from settings. It connects to nothing.
type Opener func(Settings) (backend.Backend, error)

var openers = map[string]Opener{
	native.Name:     openNative,
	kubernetes.Name: openKubernetes,
}

// Names returns the names of all backends.
func Names() []string { return slices.Sorted(maps.Keys(openers)) }

// Open makes the backend of that name; an unknown name is an error that lists the known ones.
func Open(name string, s Settings) (backend.Backend, error) {
	to, err := open(FlagBackend, name, s)
	if err != nil || s.MoveFrom == "" {
		return to, err
	}
	if s.MoveFrom == name {
		return nil, &FlagError{Flag: FlagMoveFrom, Err: fmt.Errorf("the mesh cannot move from %s to %s", name, name)}
	}
	from, err := open(FlagMoveFrom, s.MoveFrom, s)
	if err != nil {
		return nil, err
	}
	return move.New(from, s.MoveFrom, to, name), nil
}

func open(flag, name string, s Settings) (backend.Backend, error) {
	opener, ok := openers[name]
	if !ok {
		return nil, &FlagError{Flag: flag, Err: fmt.Errorf("there is no backend %q; backends are: %s", name, strings.Join(Names(), ", "))}
	}
	return opener(s)
}

func openNative(s Settings) (backend.Backend, error) {
	client, settings, err := s.pulsar()
	if err != nil {
		return nil, err
	}
	return native.New(client, settings, native.WithPackages(s.Packages), native.WithCodeVerified(s.VerifyCode), native.WithRecords(s.RecordsTopic)), nil
}

// pulsar makes the client of the Pulsar that is meant.
func (s Settings) pulsar() (*admin.Client, conn.Settings, error) {
	settings, err := conn.Load(conn.Flags{AdminURL: s.AdminURL, BrokerURL: s.BrokerURL, WorkerURL: s.WorkerURL, AllowHosts: s.AllowedHosts}, s.Getenv)
	if err != nil {
		return nil, settings, err
	}
	if s.Warn != nil {
		for _, w := range settings.Warnings {
			s.Warn(w)
		}
	}
	client, err := admin.New(settings)
	return client, settings, err
}

// openKubernetes opens a cluster of Kubernetes, and Pulsar where it is named: there
// is no default for it, as meshes can be deployed without.
func openKubernetes(s Settings) (backend.Backend, error) {
	config, err := kube.Load(kube.Settings{Kubeconfig: s.Kubernetes.Kubeconfig, Context: s.Kubernetes.Context, Namespace: s.Kubernetes.Namespace, Getenv: s.Getenv})
	if err != nil {
		return nil, err
	}
	cluster, err := kube.New(config)
	if err != nil {
		return nil, err
	}
	opts := kubernetes.Options{Namespace: config.Namespace, NamespaceGiven: s.Kubernetes.Namespace != "", Components: s.Kubernetes.Components, Operator: s.Kubernetes.Operator, Force: s.Kubernetes.ForceConflicts}
	if s.namesPulsar() {
		client, settings, err := s.pulsar()
		if err != nil {
			return nil, err
		}
		opts.Pulsar = native.NewPulsar(client, settings, native.WithPackages(s.Packages), native.WithRecords(s.RecordsTopic))
		opts.RecordsOnPulsar = s.RecordsTopic != ""
	}
	return kubernetes.New(cluster, opts), nil
}

// namesPulsar tells whether a flag or the environment says where Pulsar is.
func (s Settings) namesPulsar() bool {
	getenv := s.Getenv
	if getenv == nil {
		getenv = os.Getenv
	}
	return s.AdminURL != "" || s.MoveFrom != "" || getenv(conn.EnvClientConf) != ""
}
