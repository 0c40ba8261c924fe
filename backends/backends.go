// Package backends is the whole list of backends.
package backends

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/conn"
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
	// Getenv is asked for PULSAR_CLIENT_CONF and for tokens that live in the environment.
	Getenv func(string) string
	// Warn is told remarks about the connection settings, free of secrets; nil is fine.
	Warn func(string)
}

// FlagError tells of a flag whose value cannot be used.
type FlagError = conn.FlagError

// FlagBackend is the flag that names a backend.
const FlagBackend = "--backend"

// Opener makes a backend from settings. It connects to nothing.
type Opener func(Settings) (backend.Backend, error)

var openers = map[string]Opener{
	native.Name: openNative,
}

// Names returns the names of all backends.
func Names() []string { return slices.Sorted(maps.Keys(openers)) }

// Open makes the backend of that name; an unknown name is an error that lists the known ones.
func Open(name string, s Settings) (backend.Backend, error) {
	open, ok := openers[name]
	if !ok {
		return nil, &FlagError{Flag: FlagBackend, Err: fmt.Errorf("there is no backend %q; backends are: %s", name, strings.Join(Names(), ", "))}
	}
	return open(s)
}

func openNative(s Settings) (backend.Backend, error) {
	settings, err := conn.Load(conn.Flags{AdminURL: s.AdminURL, BrokerURL: s.BrokerURL, WorkerURL: s.WorkerURL, AllowHosts: s.AllowedHosts}, s.Getenv)
	if err != nil {
		return nil, err
	}
	if s.Warn != nil {
		for _, w := range settings.Warnings {
			s.Warn(w)
		}
	}
	client, err := admin.New(settings)
	if err != nil {
		return nil, err
	}
	return native.New(client, settings, native.WithPackages(s.Packages), native.WithCodeVerified(s.VerifyCode)), nil
}
