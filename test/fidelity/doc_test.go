// Package fidelity holds real function workers against what plans predict. From the
// table of fields it makes pairs of configurations that differ in one field or in
// many, for every field of every kind. Each pair is a component that meshc makes and
// then changes: what the plan says has to be what the worker gives back, every
// change has to be carried out, and nothing may be left to do after it.
package fidelity

import (
	"testing"

	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
)

func TestMain(m *testing.M) { pulsartest.Main(m) }
