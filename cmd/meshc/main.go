// Command meshc compiles function meshes for Apache Pulsar and deploys them.
package main

import (
	"os"
	"runtime/debug"

	"github.com/meshc/meshc/internal/cli"
)

// memory is what a run may use before the collector works harder: a mesh of ten
// thousand nodes needs no more, and a hostile file gets no more.
const memory = 140 << 20

// collect is how much the heap may grow between two collections, in percent. Runs
// are short: most of what they allocate is still in use when they end, and the
// default costs a thousand nodes a fifth of their time.
const collect = 150

func main() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memory)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collect)
	}
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv))
}
