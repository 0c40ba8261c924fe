package manager

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/meshc/meshc/internal/manager/api"
)

// found gives the operation that a path names, if the caller may see its mesh. An
// operation of another member is asked for there: done tells that it has answered.
func (m *Manager) found(w http.ResponseWriter, r *http.Request, c Caller) (op *operation, done bool, err error) {
	id := r.PathValue("operation")
	op, ok := m.ops.get(id)
	if !ok {
		member, _, _ := strings.Cut(id, ".")
		if member != m.opts.Leadership.Name() {
			done, err = m.passTo(w, r, member)
		}
		if done || err != nil {
			return nil, done, err
		}
		return nil, false, &notFound{"there is no operation " + strconv.Quote(id) + "; the mesh's history tells of runs that have ended long ago, and of those of members that are gone"}
	}
	tenant, namespace, _ := strings.Cut(op.namespace, "/")
	return op, false, c.May(r.Context(), tenant, namespace)
}

// operation tells how a run is doing, at once or when it has ended.
func (m *Manager) operation(w http.ResponseWriter, r *http.Request, c Caller) error {
	op, done, err := m.found(w, r, c)
	if done || err != nil {
		return err
	}
	o, err := readOrders(r)
	if err != nil {
		return err
	}
	if o.wait > 0 {
		m.await(w, r, op, o.wait)
	}
	writeJSON(w, http.StatusOK, "application/json", op.snapshot())
	return nil
}

// operationEvents tells the steps of a run, and at its end how it ended. The id of an
// event is its number.
func (m *Manager) operationEvents(w http.ResponseWriter, r *http.Request, c Caller) error {
	op, done, err := m.found(w, r, c)
	if done || err != nil {
		return err
	}
	last, err := lastEvent(r)
	if err != nil {
		return err
	}
	var at int64
	if last != "" {
		if at, err = strconv.ParseInt(last, 10, 64); err != nil || at < 0 {
			return usage("Last-Event-ID is none that this manager gave: they are numbers")
		}
	}
	s, err := m.openStream(w)
	if err != nil {
		return nil
	}
	beat := time.NewTicker(s.beat)
	defer beat.Stop()
	for {
		ended := op.snapshot().State == api.Done
		events, next, news := op.since(at, batch)
		for i, e := range events {
			if s.event(strconv.FormatInt(next-int64(len(events)-i-1), 10), api.EventStep, e) != nil {
				return nil
			}
		}
		at = next
		if ended && len(events) < batch {
			_ = s.event("", api.EventOperation, op.snapshot())
			return nil
		}
		select {
		case <-news:
		case <-op.done:
		case <-beat.C:
			if s.comment("alive") != nil {
				return nil
			}
		case <-r.Context().Done():
			return nil
		}
	}
}
