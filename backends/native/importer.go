package native

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"sync"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/state"
	"github.com/meshc/meshc/schema/fields"
)

// Components implements backend.Importer.
func (b *Backend) Components(ctx context.Context, namespace string) (out []backend.Found, unseen []state.Kind, err error) {
	tenant, ns := split(namespace)
	var mu sync.Mutex
	for _, kind := range state.Components {
		var names []string
		err := b.whileStarting(ctx, func() (err error) {
			names, err = b.client.List(ctx, adminKind(kind), tenant, ns)
			return err
		})
		if admin.Classify(err) == admin.Unauthorized && kind != state.KindFunction {
			unseen = append(unseen, kind)
			continue
		}
		if err != nil {
			return nil, nil, b.failure(err)
		}
		err = each(ctx, names, func(ctx context.Context, name string) error {
			live, raw, err := b.componentAsItIs(ctx, &state.Component{Kind: kind, Tenant: tenant, Namespace: ns, Name: name})
			if err != nil || live == nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			out = append(out, found(live, raw))
			return nil
		})
		if err != nil {
			return nil, nil, b.failure(err)
		}
	}
	slices.SortFunc(out, func(x, y backend.Found) int {
		return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Name, y.Name))
	})
	return out, unseen, nil
}

// found is a component as it runs, with the names of topics in full.
func found(live *state.Component, raw map[string]any) backend.Found {
	f := backend.Found{
		Kind: live.Kind, Tenant: live.Tenant, Namespace: live.Namespace, Name: live.Name, Owner: live.Owner, Protect: live.Protect,
		Sensitive: live.SensitivePaths(),
		Config:    maps.Clone(raw), Topics: slices.Concat(live.Inputs(), live.Writes()),
	}
	text, _ := raw["customRuntimeOptions"].(string)
	if m, rest := readMarker(text); m != nil {
		delete(f.Config, "customRuntimeOptions")
		if len(rest) > 0 {
			// What was read from JSON can be written as JSON.
			own, _ := json.Marshal(rest)
			f.Config["customRuntimeOptions"] = string(own)
		}
	}
	// What a reply does not have, the marker of a mesh may tell.
	for _, field := range fields.Of(fields.Kind(live.Kind)) {
		if v, told := live.Fields[field.Name]; told && live.Owner != "" && unshown(field) {
			f.Config[field.Name] = v
		}
	}
	if specs, ok := raw["inputSpecs"].(map[string]any); ok {
		full := map[string]any{}
		for topic, spec := range specs {
			full[fullName(topic)] = spec
		}
		f.Config["inputSpecs"] = full
	}
	for _, name := range state.TopicFields {
		if t, ok := raw[name].(string); ok && t != "" {
			f.Config[name] = fullName(t)
		}
	}
	return f
}

// Code implements backend.Importer.
func (b *Backend) Code(ctx context.Context, c backend.Found, w io.Writer) (string, error) {
	_, sum, err := b.client.Download(ctx, adminKind(c.Kind), c.Tenant, c.Namespace, c.Name, w)
	switch {
	case err == nil:
		return sum, nil
	case errors.Is(err, admin.ErrEmptyDownload), errors.Is(err, admin.ErrNotFound):
		return "", backend.ErrNoCode
	case hasNoCode(err):
		return "", backend.ErrBuiltinCode
	}
	return "", b.failure(err)
}

var _ backend.Importer = (*Backend)(nil)
