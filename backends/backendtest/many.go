package backendtest

import (
	"fmt"
	"strings"
	"sync"

	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/state"
)

var manyCases = []oneCase{
	{name: "ten applies at once", run: ten},
	{name: "random meshes", run: randomMeshes},
}

// Runs of different meshes do not disturb each other: five through one backend, as
// in one process, and five through backends of their own.
func ten(b *bench) {
	var group sync.WaitGroup
	for i := range 10 {
		on := b.backend
		if i%2 == 0 {
			on = b.Backend()
		}
		group.Go(func() {
			if err := b.comeAndStay(on, i); err != nil {
				b.Errorf("mesh %d: %v", i, err)
			}
		})
	}
	group.Wait()
	for i := range 10 {
		name := fmt.Sprintf("f%d", i)
		b.wantNames(fmt.Sprintf("m%d", i), name)
		b.runs(b.addr(state.KindFunction, name), 1)
	}
}

// comeAndStay applies a small mesh, and wants that nothing is left to do. It runs
// beside others, so it ends no test.
func (b *bench) comeAndStay(on backend.Backend, i int) error {
	body := strings.NewReplacer("name: f,", fmt.Sprintf("name: f%d,", i), "[in]", fmt.Sprintf("[in%d]", i), "output: out", fmt.Sprintf("output: out%d", i)).Replace(one)
	u, err := b.compile(fmt.Sprintf("m%d", i), body)
	if err != nil {
		return err
	}
	for _, first := range []bool{true, false} {
		p, findings, err := planner.Make(b.Context(), on, b.fixture.Name, u, planner.Options{})
		if err != nil || findings.HasErrors() {
			return fmt.Errorf("plan: %w %+v", err, findings)
		}
		if !first && !p.Empty() {
			return fmt.Errorf("there is something left to do:\n%s", said(p))
		}
		if _, err := run(b.Context(), on, p, b.options()); err != nil {
			return err
		}
	}
	return nil
}
