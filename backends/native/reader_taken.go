package native

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner/state"
)

// takenNames finds the wanted functions whose names sources or sinks have: the
// three kinds share their names. Only names that no function has can be taken,
// so a mesh that runs takes no look, and no right to take one.
func (r *reader) takenNames(ctx context.Context, functions []string) error {
	tenant, ns := r.scope.Mesh.Tenant, r.scope.Mesh.Namespace
	var free []*state.Function
	for _, addr := range r.scope.Addrs {
		name, own := strings.CutPrefix(addr.Name(), tenant+"/"+ns+"/")
		if own && addr.Kind() == state.KindFunction && !slices.Contains(functions, name) {
			free = append(free, &state.Function{Tenant: tenant, Namespace: ns, Name: name})
		}
	}
	if len(free) == 0 {
		return nil
	}
	for _, kind := range []struct {
		admin.Kind
		word string
	}{{admin.Sources, "source"}, {admin.Sinks, "sink"}} {
		names, err := r.b.client.List(ctx, kind.Kind, tenant, ns)
		if admin.Classify(err) == admin.Unauthorized {
			return each(ctx, free, r.takenBySomething)
		}
		if err != nil {
			return err
		}
		for _, f := range free {
			if slices.Contains(names, f.Name) {
				f.OtherKind = kind.word
				r.put(f, state.Facts{})
			}
		}
	}
	return nil
}

// takenBySomething finds out without the rights to sources and sinks whether a
// name is taken: the code of a component of any kind can be downloaded as that
// of a function. Should a server not do so one day, the create is refused.
func (r *reader) takenBySomething(ctx context.Context, f *state.Function) error {
	var first firstByte
	_, _, err := r.b.client.Download(ctx, admin.Functions, f.Tenant, f.Namespace, f.Name, &first)
	switch {
	case errors.Is(err, admin.ErrNotFound):
		return nil
	case err == nil, first.seen, errors.Is(err, admin.ErrEmptyDownload), hasNoCode(err):
		f.OtherKind = "source or sink"
		r.put(f, state.Facts{})
		return nil
	}
	return err
}

// hasNoCode tells the answer about a component whose code came with the cluster.
func hasNoCode(err error) bool {
	var e *admin.Error
	return errors.As(err, &e) && e.Status == http.StatusInternalServerError
}
