package manager

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/record"
)

// lockMesh keeps everyone but the caller away from a mesh, until it is unlocked.
func (m *Manager) lockMesh(w http.ResponseWriter, r *http.Request, c Caller) error {
	var ask api.Hold
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if len(data) > 0 && json.Unmarshal(data, &ask) != nil {
		return usage("the body is not JSON of the form {\"reason\": \"\"}")
	}
	reason, err := bounded("reason", ask.Reason)
	if err != nil {
		return err
	}
	return m.hold(w, r, c, func(ctx context.Context, id mesh.ID, who string) (record.Head, error) {
		return planner.Hold(ctx, m.writes(), id, who, reason)
	})
}

// unlockMesh lets others in again.
func (m *Manager) unlockMesh(w http.ResponseWriter, r *http.Request, c Caller) error {
	force, err := strconv.ParseBool(r.URL.Query().Get("force"))
	if err != nil && r.URL.Query().Has("force") {
		return usage("force is true or false")
	}
	return m.hold(w, r, c, func(ctx context.Context, id mesh.ID, who string) (record.Head, error) {
		h, err := planner.Unhold(ctx, m.writes(), id, who, force)
		if errors.Is(err, planner.ErrNotHeld) {
			err = &notFound{err.Error()}
		}
		return h, err
	})
}

// hold writes a lock or its end as the next revision of a mesh.
func (m *Manager) hold(w http.ResponseWriter, r *http.Request, c Caller, change func(ctx context.Context, id mesh.ID, who string) (record.Head, error)) error {
	id, err := meshOf(r)
	if err != nil {
		return err
	}
	who := m.author(c)
	if who == "" {
		return ErrUnauthorized
	}
	if err := mayChange(r.Context(), c, id); err != nil {
		return err
	}
	if err := m.leads(r.Context()); err != nil {
		return err
	}
	h, err := change(r.Context(), id, who)
	if err != nil {
		return err
	}
	m.index.put(h, false, false)
	writeJSON(w, http.StatusOK, "application/json", api.NewMesh(h))
	return nil
}
