package manager

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

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
	return m.hold(w, r, func(h record.Head, who string) (record.Head, error) {
		if err := planner.HeldBack(h, who); err != nil {
			return h, err
		}
		h.Action, h.Hold = record.Hold, &record.HoldInfo{By: who, Since: time.Now().UTC(), Reason: reason}
		return h, nil
	}, c)
}

// unlockMesh lets others in again.
func (m *Manager) unlockMesh(w http.ResponseWriter, r *http.Request, c Caller) error {
	force, err := strconv.ParseBool(r.URL.Query().Get("force"))
	if err != nil && r.URL.Query().Has("force") {
		return usage("force is true or false")
	}
	return m.hold(w, r, func(h record.Head, who string) (record.Head, error) {
		if h.Hold == nil {
			return h, &notFound{"nobody has locked mesh " + h.Mesh}
		}
		if err := planner.HeldBack(h, who); err != nil && !force {
			return h, err
		}
		h.Action, h.Hold = record.Unhold, nil
		return h, nil
	}, c)
}

// hold writes a lock or its end as the next revision of a mesh.
func (m *Manager) hold(w http.ResponseWriter, r *http.Request, change func(h record.Head, who string) (record.Head, error), c Caller) error {
	id, err := meshOf(r)
	if err != nil {
		return err
	}
	for range holdTries {
		var h record.Head
		h, err = m.holdOnce(r.Context(), id, m.author(c), change)
		if err == nil {
			writeJSON(w, http.StatusOK, "application/json", api.NewMesh(h))
			return nil
		}
		// The end of a run may come in between; the lock goes on top of it.
		if !errors.As(err, new(*record.ConflictError)) {
			return err
		}
	}
	return err
}

const holdTries = 5

func (m *Manager) holdOnce(ctx context.Context, id mesh.ID, who string, change func(h record.Head, who string) (record.Head, error)) (record.Head, error) {
	if who == "" {
		return record.Head{}, ErrUnauthorized
	}
	newest, err := m.head(ctx, id)
	if err != nil {
		return newest, err
	}
	next, err := change(newest, who)
	if err != nil {
		return next, err
	}
	if newest.Revision == 0 {
		next.Outcome = record.Applied
	}
	next.Revision++
	next.Author, next.Began, next.Ended = who, time.Now().UTC(), time.Now().UTC()
	next.Reason, next.Of, next.Changes, next.Error = record.Reason{}, 0, record.Changes{}, ""
	next.Packages = newest.Packages
	if err := m.leads(ctx); err != nil {
		return next, err
	}
	stored, err := m.opts.Records.Write(ctx, next, nil)
	if err == nil {
		m.index.put(stored, false, false)
	}
	return stored, err
}
