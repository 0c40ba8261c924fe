package fidelity

import (
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	model "github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/test/harness"
)

// inMesh is how many components are in one mesh.
const inMesh = 24

func mesh(p *plan.Plan) model.ID {
	id, _ := model.ParseID(p.Mesh) // a plan that was just made has a right one
	return id
}

// seed is that of the run: MESHC_SEED, or the time.
func seed(t *testing.T) *rand.Rand {
	n := time.Now().UnixNano()
	if text := os.Getenv("MESHC_SEED"); text != "" {
		given, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		n = given
	}
	t.Logf("MESHC_SEED=%d", n)
	return rand.New(rand.NewPCG(uint64(n), 0))
}

// whole tells whether all cases are to run, as `make fidelity` asks for.
func whole() bool { return os.Getenv("MESHC_FIDELITY") == "all" }

func TestSingleFields(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	srv := pulsartest.Shared(t)
	all := singles(srv.Version)
	random := seed(t)
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	if !whole() {
		all = all[:16]
	}
	walkAll(t, srv, "single fields", all)
}

// walkAll takes all components through their configs, a mesh of them after the other.
func walkAll(t *testing.T, srv *pulsar.Server, what string, all []one) {
	begin, counts := time.Now(), map[string]int{}
	for batch := range slices.Chunk(all, inMesh) {
		t.Run("", func(t *testing.T) {
			b := newTester(t, srv)
			b.walk("mesh", batch)
			for action, n := range b.counts {
				counts[action] += n
			}
		})
	}
	harness.Figure(t, "Pulsar %s: %s: %d components, changes %v, %.0f s", srv.Version, what, len(all), counts, time.Since(begin).Seconds())
}
