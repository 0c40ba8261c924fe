package native

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner/state"
)

// takenNames finds the wanted components whose names components of another kind
// have: the three kinds share their names. Where kinds may not be listed, a name
// that no component which may be seen has is asked for in another way.
func (r *reader) takenNames(ctx context.Context, taken map[string]state.Kind) error {
	tenant, ns := r.scope.Mesh.Tenant, r.scope.Mesh.Namespace
	var free []*state.Component
	for _, addr := range r.scope.Addrs {
		name, own := strings.CutPrefix(addr.Name(), tenant+"/"+ns+"/")
		if !own || !addr.Kind().IsComponent() || taken[name] == addr.Kind() {
			continue
		}
		c := &state.Component{Kind: addr.Kind(), Tenant: tenant, Namespace: ns, Name: name, OtherKind: string(taken[name])}
		if c.OtherKind == "" {
			free = append(free, c)
		} else if other := r.out.Resources[state.ComponentAddr(taken[name], tenant, ns, name)]; other == nil || other.OwnerID() != r.owner() {
			r.put(c, state.Facts{})
		}
	}
	if len(r.unseen) == 0 {
		return nil
	}
	return each(ctx, free, r.takenBySomething)
}

// takenBySomething finds out without the rights to sources and sinks whether a
// name is taken: the code of a component of any kind can be downloaded as that
// of a function. Should a server not do so one day, the create is refused.
func (r *reader) takenBySomething(ctx context.Context, f *state.Component) error {
	var first firstByte
	_, _, err := r.b.client.Download(ctx, admin.Functions, f.Tenant, f.Namespace, f.Name, &first)
	switch {
	case errors.Is(err, admin.ErrNotFound):
		return nil
	case err == nil, first.seen, errors.Is(err, admin.ErrEmptyDownload), hasNoCode(err):
		f.OtherKind = r.unseenKinds()
		r.put(f, state.Facts{})
		return nil
	}
	return err
}

// unseenKinds names the kinds that may not be listed.
func (r *reader) unseenKinds() string {
	var names []string
	for _, kind := range r.unseen {
		names = append(names, string(kind))
	}
	return strings.Join(names, " or ")
}

// hasNoCode tells the answer about a component whose code came with the cluster.
func hasNoCode(err error) bool {
	var e *admin.Error
	return errors.As(err, &e) && e.Status == http.StatusInternalServerError
}
