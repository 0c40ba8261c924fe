// Package oracle asks real function workers. Each case of testdata/cases is the
// configuration of one function, source or sink. It is sent to a worker, and it
// is compiled as the only node of a mesh: what the worker refuses has to be an
// error of the compiler, and what it takes must not be one. Where meshc differs
// on purpose, testdata/deliberate.yaml says why.
package oracle

import (
	"testing"

	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
)

func TestMain(m *testing.M) { pulsartest.Main(m) }
