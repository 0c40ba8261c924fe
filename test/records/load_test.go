package records

import (
	"context"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/meshc/meshc/test/harness"
)

// number reads a setting of the test, or gives its default.
func number(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// TestRollbackUnderLoad deploys versions and brings random ones back while numbers go
// through: each is exactly what it was, and no number is lost. MESHC_VERSIONS says how
// many versions (4), MESHC_ROLLBACKS how often one comes back (3), MESHC_SEED which ones.
func TestRollbackUnderLoad(t *testing.T) {
	versions, rollbacks, seed := number("MESHC_VERSIONS", 4), number("MESHC_ROLLBACKS", 3), number("MESHC_SEED", int(time.Now().UnixNano()))
	t.Logf("MESHC_SEED=%d", seed)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute+time.Duration(versions+rollbacks)*40*time.Second)
	defer cancel()
	r := rand.New(rand.NewPCG(uint64(seed), 1))
	p := newPlace(t)
	client := harness.Dial(t, p.Server.BrokerURL)
	p.Topic("out", 0)
	out := harness.Follow(ctx, t, client, p.FullTopic("out"))
	want := map[int]deployed{}
	apply := func(v int) {
		p.Run("apply", p.write(v), "--yes").Want(0)
		want[v] = p.deployed()
	}
	apply(1)
	finish := harness.Stream(ctx, t, client, p.FullTopic("in"), 200)
	for v := 2; v <= versions; v++ {
		apply(v)
	}
	// Each rollback is a version of its own, so the oldest are left out as those come.
	newest := versions
	content := map[int]int{}
	for v := range want {
		content[v] = v
	}
	begin := time.Now()
	for range rollbacks {
		oldest := max(1, newest-18)
		to := oldest + r.IntN(newest-oldest)
		if content[to] == content[newest] {
			continue
		}
		p.Run("rollback", p.id().String(), "--to", strconv.Itoa(to), "--yes").Want(0)
		newest++
		content[newest] = content[to]
		p.restored(to, want[content[to]])
	}
	took := time.Since(begin)
	n := finish()
	out.Await(ctx, n, 30*time.Second)
	a := out.Arrivals(0, n)
	harness.Figure(t, "rollback: %d versions, %d brought back in %v, %d numbers meanwhile: %v", versions, newest-versions, took.Round(time.Millisecond), n, a)
	if len(a.Missing) > 0 {
		t.Errorf("lost: %v", a)
	}
	if h := p.history(); h.Records[0].Version != int64(newest) {
		t.Errorf("%+v", h.Records[0])
	}
}
