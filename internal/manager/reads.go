package manager

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/planner/record"
)

// pageSize is how many items a page has, and the most that one may have.
const pageSize = 100

// page reads limit and cursor.
func page(r *http.Request, more ...string) (limit int, cursor string, err error) {
	limit = pageSize
	for key, values := range r.URL.Query() {
		switch {
		case key == "limit":
			if limit, err = strconv.Atoi(values[0]); err != nil || limit < 1 || limit > pageSize {
				return 0, "", usage("limit is a number from 1 to %d", pageSize)
			}
		case key == "cursor":
			text, err := base64.RawURLEncoding.DecodeString(values[0])
			if err != nil {
				return 0, "", usage("cursor is none that this manager gave")
			}
			cursor = string(text)
		case !strings.Contains(" "+strings.Join(more, " ")+" ", " "+key+" "):
			return 0, "", usage("there is no parameter %q", key)
		}
	}
	return limit, cursor, nil
}

func cursorOf(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// list gives the meshes of a namespace, of a tenant or all, as far as the caller may
// see them. Meshes that were taken down come with all=true only.
func (m *Manager) list(w http.ResponseWriter, r *http.Request, c Caller) error {
	limit, after, err := page(r, "tenant", "namespace", "all", "nodes")
	if err != nil {
		return err
	}
	tenant, namespace := r.PathValue("tenant"), r.PathValue("namespace")
	may := func(context.Context, string) (bool, error) { return true, nil }
	if tenant == "" {
		tenant, namespace = r.URL.Query().Get("tenant"), r.URL.Query().Get("namespace")
		may = sees(c)
	}
	prefix := ""
	switch {
	case tenant != "" && namespace != "":
		prefix = tenant + "/" + namespace + "/"
	case tenant != "":
		prefix = tenant + "/"
	case namespace != "":
		return usage("a namespace is named together with its tenant")
	}
	all := r.URL.Query().Get("all") == "true"
	nodes := r.URL.Query().Get("nodes") == "true"
	var out []*entry
	for {
		heads := m.index.from(prefix, after, limit+1-len(out))
		for _, h := range heads {
			after = h.Mesh
			if !all && h.Readable() && !h.Live() {
				continue
			}
			ok, err := may(r.Context(), h.Mesh)
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
			out = append(out, h)
		}
		if len(out) > limit || len(heads) == 0 {
			writePage(w, out, limit, nodes)
			return nil
		}
	}
}

// writePage writes the first meshes of a list; one more than limit tells of a next page.
func writePage(w http.ResponseWriter, list []*entry, limit int, nodes bool) {
	next := ""
	if len(list) > limit {
		list = list[:limit]
		next = cursorOf(list[limit-1].Mesh)
	}
	if nodes {
		out := api.Page{Items: []api.Mesh{}, Next: next}
		for _, e := range list {
			out.Items = append(out.Items, api.NewMesh(e.Head))
		}
		writeJSON(w, http.StatusOK, "application/json", out)
		return
	}
	size := 64 + len(next)
	for _, e := range list {
		size += len(e.brief) + 1
	}
	data := append(make([]byte, 0, size), `{"items":[`...)
	for i, e := range list {
		if i > 0 {
			data = append(data, ',')
		}
		data = append(data, e.brief...)
	}
	data = append(data, ']')
	if next != "" {
		// A cursor is letters, digits, - and _.
		data = append(append(append(data, `,"next":"`...), next...), '"')
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(data)+2))
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(append(data, "}\n"...))
}

// sees tells which meshes a caller may see, and asks once for each namespace.
func sees(c Caller) func(context.Context, string) (bool, error) {
	known := map[string]bool{}
	return func(ctx context.Context, name string) (bool, error) {
		id, err := mesh.ParseID(name)
		if err != nil {
			return false, nil
		}
		ns := id.Tenant + "/" + id.Namespace
		if ok, asked := known[ns]; asked {
			return ok, nil
		}
		err = c.May(ctx, id.Tenant, id.Namespace)
		if err != nil && !errors.Is(err, ErrForbidden) {
			return false, err
		}
		known[ns] = err == nil
		return err == nil, nil
	}
}

// known gives the newest head of the mesh that the path names, from memory.
func (m *Manager) known(r *http.Request) (mesh.ID, record.Head, error) {
	id, err := meshOf(r)
	if err != nil {
		return id, record.Head{}, err
	}
	h, ok := m.index.head(id.String())
	if !ok {
		return id, h, &notFound{"nothing is known of mesh " + id.String()}
	}
	return id, h, nil
}

// get gives the newest record of a mesh; its revision is the ETag.
func (m *Manager) get(w http.ResponseWriter, r *http.Request, _ Caller) error {
	_, h, err := m.known(r)
	if err != nil {
		return err
	}
	w.Header().Set("ETag", etag(h.Revision))
	writeJSON(w, http.StatusOK, "application/json", api.NewMesh(h))
	return nil
}

// history gives the versions of a mesh, out of the store.
func (m *Manager) history(w http.ResponseWriter, r *http.Request, _ Caller) error {
	limit, cursor, err := page(r, "before")
	if err != nil {
		return err
	}
	id, _, err := m.known(r)
	if err != nil {
		return err
	}
	var before int64
	if cursor == "" {
		cursor = r.URL.Query().Get("before")
	}
	if cursor != "" {
		if before, err = strconv.ParseInt(cursor, 10, 64); err != nil || before < 0 {
			return usage("cursor is none that this manager gave, or before is no revision")
		}
	}
	heads, err := m.opts.Records.History(r.Context(), id, before, limit+1)
	if err != nil {
		return err
	}
	out := api.Page{Items: []api.Mesh{}}
	for i, h := range heads {
		if i == limit {
			out.Next = cursorOf(strconv.FormatInt(heads[limit-1].Revision, 10))
			break
		}
		out.Items = append(out.Items, api.NewMesh(h))
	}
	writeJSON(w, http.StatusOK, "application/json", out)
	return nil
}

// ofVersion finds the head of a version, and its body.
func (m *Manager) ofVersion(ctx context.Context, id mesh.ID, version int64) (record.Head, *record.Body, error) {
	for before := int64(0); ; {
		heads, err := m.opts.Records.History(ctx, id, before, pageSize)
		if err != nil {
			return record.Head{}, nil, err
		}
		for _, h := range heads {
			// Locks carry the version that was there; the run itself has its body as well. A
			// move is no version: nothing was wanted here from then on.
			if h.Version == version && h.Action != record.Hold && h.Action != record.Unhold && h.Action != record.Move {
				body, err := m.opts.Records.Body(ctx, h)
				return h, body, err
			}
		}
		if len(heads) < pageSize || heads[len(heads)-1].Version < version {
			return record.Head{}, nil, &notFound{"there is no version " + strconv.FormatInt(version, 10) + " of mesh " + id.String()}
		}
		before = heads[len(heads)-1].Revision
	}
}

// version gives a version with what it was made of.
func (m *Manager) version(w http.ResponseWriter, r *http.Request, _ Caller) error {
	id, _, err := m.known(r)
	if err != nil {
		return err
	}
	n, err := strconv.ParseInt(r.PathValue("version"), 10, 64)
	if err != nil || n < 1 {
		return usage("%q is no version: they count from 1", r.PathValue("version"))
	}
	h, body, err := m.ofVersion(r.Context(), id, n)
	if err != nil {
		return err
	}
	out := api.Version{Mesh: api.NewMesh(h), Sources: body.Sources, Desired: []any{}}
	for _, d := range body.Desired {
		out.Desired = append(out.Desired, d)
	}
	if body.Plan != nil {
		text, err := json.Marshal(body.Plan)
		if err == nil {
			err = json.Unmarshal(text, &out.Plan)
		}
		if err != nil {
			return err
		}
	}
	writeJSON(w, http.StatusOK, "application/json", out)
	return nil
}
