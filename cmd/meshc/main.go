// Command meshc compiles function meshes for Apache Pulsar and deploys them.
package main

import (
	"os"

	"github.com/meshc/meshc/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv))
}
