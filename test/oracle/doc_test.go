// Package oracle asks real function workers. Each case of testdata/cases is the
// configuration of one function, source or sink, and what workers answer to it.
package oracle

import (
	"testing"

	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
)

func TestMain(m *testing.M) { pulsartest.Main(m) }
