package pulsar

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// DefaultVersion is the Pulsar version that Options without one mean.
const DefaultVersion = "4.0.8"

// Runtime says where the function worker runs the instances of functions.
type Runtime string

const (
	// Thread runs instances as threads of the server: Java only, and a
	// function runs within a fraction of a second.
	Thread Runtime = "thread"
	// Process runs each instance as a process of its own: Java, Python and Go,
	// as Pulsar does by default. A Java instance needs seconds and 200 MB.
	Process Runtime = "process"
)

// Options says which server [Start] starts. The zero value is usable: 4.0.8,
// thread runtime, ZooKeeper, no package service, no authentication.
type Options struct {
	// Version is one of [Versions]; empty means [DefaultVersion].
	Version string
	// Runtime is where function instances run; empty means [Thread].
	Runtime Runtime
	// Packages turns the package service on. Pulsar ties that to its metadata
	// store: RocksDB with the service, ZooKeeper without. With Workers it is
	// ZooKeeper and packages in files.
	Packages bool
	// Workers is how many function workers run as processes of their own, beside a
	// broker without one; 0 is a worker inside the broker. They need ZooKeeper.
	Workers int
	// Auth turns token authentication and authorisation on, with the
	// superuser role [AdminRole]. See [Server.Token].
	Auth bool
	// HTTPThreads is the broker's numHttpServerThreads; 0 leaves it to Pulsar,
	// whose default (8 on small machines) blocks with five creates in flight.
	HTTPThreads int
	// Python is a folder that comes first on the server's PATH, so that its
	// python3 runs Python functions; see the function [Python]. Empty means
	// PATH as it is.
	Python string
	// Conf holds more settings for standalone.conf; they win over all others.
	Conf map[string]string
	// Output receives progress (a fetch, a repeated start); nil means nowhere.
	Output io.Writer
	// Dir is the existing folder in which the run folder is made; empty means
	// the temp folder.
	Dir string
}

// Versions returns the Pulsar versions that can be started, oldest first.
func Versions() []string { return []string{"4.0.8", "4.2.4"} }

// mostWorkers bounds Workers: each is a process of 300 MB.
const mostWorkers = 4

// zookeeper tells which metadata store the server uses.
func (o Options) zookeeper() bool { return !o.Packages || o.Workers > 0 }

// withDefaults fills in what the zero value means and refuses what does not exist.
func (o Options) withDefaults() (Options, error) {
	if o.Version == "" {
		o.Version = DefaultVersion
	}
	if err := knownVersion(o.Version); err != nil {
		return o, err
	}
	if o.Runtime == "" {
		o.Runtime = Thread
	}
	if o.Runtime != Thread && o.Runtime != Process {
		return o, fmt.Errorf("pulsar: unknown runtime %q; use %q or %q", o.Runtime, Thread, Process)
	}
	if o.HTTPThreads < 0 {
		return o, fmt.Errorf("pulsar: %d HTTP threads; use 0 for Pulsar's default or a positive number", o.HTTPThreads)
	}
	if o.Workers < 0 || o.Workers > mostWorkers {
		return o, fmt.Errorf("pulsar: %d workers; use 0 for one inside the broker, or up to %d", o.Workers, mostWorkers)
	}
	if o.Output == nil {
		o.Output = io.Discard
	}
	if o.Dir == "" {
		o.Dir = os.TempDir()
	}
	return o, nil
}

func knownVersion(version string) error {
	if !slices.Contains(Versions(), version) {
		return fmt.Errorf("pulsar: version %q is not among those pinned here: %s", version, strings.Join(Versions(), ", "))
	}
	return nil
}
