package manager

import (
	"context"
	"errors"
	"net/http"

	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/record"
)

// repeatedError tells of a request that was accepted before, here or by another leader.
type repeatedError struct{ head record.Head }

// Error implements error.
func (e *repeatedError) Error() string { return "the request was accepted before" }

// remembered is how many versions back a request is looked for.
const remembered = 50

// repeated returns a *repeatedError where the request that a job is of is on record.
func (m *Manager) repeated(ctx context.Context, j *job) error {
	if j.run.Request == "" {
		return nil
	}
	heads, err := m.opts.Records.History(ctx, j.id, 0, remembered)
	if err != nil {
		return err
	}
	for _, h := range heads {
		if h.Request == j.run.Request && h.Author == j.run.Author {
			return &repeatedError{h}
		}
	}
	return nil
}

// overtaken is for a request that was to be recorded: where it lost against itself, sent
// twice, it is one that was accepted before.
func (m *Manager) overtaken(err error, j *job) error {
	var conflict *record.ConflictError
	if errors.As(err, &conflict) && j.run.Request != "" && conflict.Winner.Request == j.run.Request && conflict.Winner.Author == j.run.Author {
		return &repeatedError{conflict.Winner}
	}
	return err
}

// heldByItself is for a request whose mesh is locked: that may be by the same request.
func (m *Manager) heldByItself(ctx context.Context, j *job, err error) error {
	if !errors.As(err, new(*backend.HeldError)) {
		return err
	}
	if again := m.repeated(ctx, j); errors.As(again, new(*repeatedError)) {
		return again
	}
	return err
}

// underWay tells that what became of a request that was accepted before is not known
// here: its record has no end, and it is not carried out by this manager.
func (m *Manager) underWay(err error) bool {
	var again *repeatedError
	if !errors.As(err, &again) || again.head.Outcome != record.Running {
		return false
	}
	_, here := m.ops.ofVersion(again.head.Mesh, again.head.Version)
	return !here
}

// requestKey reads what a caller names its request by.
func requestKey(r *http.Request) (string, error) {
	key := r.Header.Get(api.HeaderKey)
	if len(key) > 128 || !validName(key) && key != "" {
		return "", usage("%s is at most 128 letters, digits and -_.:=", api.HeaderKey)
	}
	return key, nil
}

// answerRepeated tells what became of a request that was accepted before.
func (m *Manager) answerRepeated(w http.ResponseWriter, err error) bool {
	var again *repeatedError
	if !errors.As(err, &again) {
		return false
	}
	h := again.head
	if op, ok := m.ops.ofVersion(h.Mesh, h.Version); ok {
		w.Header().Set("Location", api.Operations+"/"+op.ID)
		writeJSON(w, http.StatusOK, "application/json", op)
		return true
	}
	// The member that ran it is gone, or has forgotten it: the record is what is left.
	doc := api.Operation{Mesh: h.Mesh, Action: h.Action, State: api.Done, Version: h.Version, Author: h.Author, Began: h.Began, Ended: h.Ended, Outcome: h.Outcome, Error: clean(h.Error)}
	if h.Outcome == record.Running {
		doc.State, doc.Outcome = api.Running, ""
	}
	writeJSON(w, http.StatusOK, "application/json", doc)
	return true
}
