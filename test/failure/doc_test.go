// Package failure does to meshc what the world does to it: kills it, cuts its
// network, takes the server away, damages its files. Each test looks at what a
// user sees (exit code, message) and at what another apply makes of the rest.
package failure

import (
	"io"
	"log"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
)

func TestMain(m *testing.M) { pulsartest.Main(m) }

// seeded gives random numbers that MESHC_SEED repeats; the seed is printed.
func seeded(t *testing.T) *rand.Rand {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if n, err := strconv.ParseUint(os.Getenv("MESHC_SEED"), 10, 64); err == nil {
		seed = n
	}
	t.Logf("MESHC_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 1))
}

// times is how often a test repeats what it does: usual, or what the variable says.
func times(variable string, usual int) int {
	if n, err := strconv.Atoi(os.Getenv(variable)); err == nil && n > 0 {
		return n
	}
	return usual
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// discard is for servers that complain about what a test does to them.
var discard = log.New(io.Discard, "", 0)
