package main

import "strings"

// needsError says what this machine lacks, and what works without it.
type needsError struct{ missing []string }

func needs(missing []string) error { return &needsError{missing} }

// Error implements error.
func (e *needsError) Error() string {
	return "The demo runs a real Pulsar, and what that takes is not on PATH:\n  " +
		strings.Join(e.missing, "\n  ") + `
Debian, Ubuntu:  apt install openjdk-17-jdk maven
macOS:           brew install openjdk@17 maven

These work without, since they connect to nothing:
  go run ./cmd/meshc validate examples/pip-66/as-printed.yaml
  go run ./cmd/meshc explain MC1002
And against a Pulsar of your own:
  go run ./cmd/meshc plan MESH.yaml --admin-url http://HOST:8080 --broker-url pulsar://HOST:6650`
}
