package manager

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/record"
)

// newJob reads what a request wants, but for its body.
func (m *Manager) newJob(r *http.Request, c Caller, action record.Action) (*job, error) {
	id, err := meshOf(r)
	if err != nil {
		return nil, err
	}
	o, err := readOrders(r)
	if err != nil {
		return nil, err
	}
	key, err := requestKey(r)
	if err != nil {
		return nil, err
	}
	return &job{id: id, orders: o, run: planner.Run{Action: action, Author: m.author(c), Reason: o.reason, Request: key}}, nil
}

// author is what records say about who it was.
func (m *Manager) author(c Caller) string { return clean(c.Name()) }

// takeInput reads the body of a request; so many at a time as memory and disk allow.
func (m *Manager) takeInput(r *http.Request) (*input, error) {
	leave, err := m.inputs.wait(r.Context(), m.opts.Limits.Turn, errInputs)
	if err != nil {
		return nil, err
	}
	defer leave()
	return readInput(r)
}

func (m *Manager) register(w http.ResponseWriter, r *http.Request, c Caller) error {
	j, err := m.newJob(r, c, record.Apply)
	if err != nil {
		return err
	}
	j.register = true
	again := m.repeated(r.Context(), j)
	if m.underWay(again) {
		return m.applyInput(w, r, c, j)
	}
	if m.answerRepeated(w, again) {
		return nil
	}
	// What is there is refused before its code is sent; under the lock it is looked at again.
	h, err := m.head(r.Context(), j.id)
	if err == nil && h.Live() {
		err = &existsError{h}
	}
	if err != nil {
		return err
	}
	return m.applyInput(w, r, c, j)
}

func (m *Manager) update(w http.ResponseWriter, r *http.Request, c Caller) error {
	j, err := m.newJob(r, c, record.Apply)
	if err != nil {
		return err
	}
	return m.applyInput(w, r, c, j)
}

func (m *Manager) applyInput(w http.ResponseWriter, r *http.Request, c Caller, j *job) error {
	in, err := m.takeInput(r)
	if err != nil {
		return err
	}
	j.in = in
	if in.plan != nil && in.plan.Destroy {
		j.run.Action = record.Destroy
	}
	return m.begin(w, r, c, j)
}

func (m *Manager) deregister(w http.ResponseWriter, r *http.Request, c Caller) error {
	j, err := m.newJob(r, c, record.Destroy)
	if err != nil {
		return err
	}
	j.orders.destroy = true
	return m.begin(w, r, c, j)
}

func (m *Manager) rollback(w http.ResponseWriter, r *http.Request, c Caller) error {
	j, err := m.newJob(r, c, record.Rollback)
	if err != nil {
		return err
	}
	if j.orders.version == 0 {
		return usage("the version to go to is needed: ?version=N")
	}
	if err := m.target(r, j); err != nil {
		return err
	}
	return m.begin(w, r, c, j)
}

// target reads the version that a job goes to, and the values that came along.
func (m *Manager) target(r *http.Request, j *job) (err error) {
	j.in = &input{}
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if len(data) > 0 && json.Unmarshal(data, &j.in.values) != nil {
		return usage("the body is not JSON of the form {\"env\": {}, \"files\": {}}")
	}
	j.run.Of = j.orders.version
	j.head, j.body, err = m.ofVersion(r.Context(), j.id, j.orders.version)
	return err
}

// begin starts a job, and answers when it has begun, or has ended.
func (m *Manager) begin(w http.ResponseWriter, r *http.Request, c Caller, j *job) error {
	if err := m.authorless(j); err != nil {
		return err
	}
	// Whether a run without an end is carried out is found out under its mesh's lock.
	if err := m.repeated(r.Context(), j); err != nil && !m.underWay(err) {
		if j.in != nil {
			j.in.done()
		}
		if m.answerRepeated(w, err) {
			return nil
		}
		return err
	}
	op, err := m.start(r.Context(), c, j)
	if m.answerRepeated(w, err) {
		return nil
	}
	if err != nil {
		return err
	}
	if op.snapshot().State == api.Running && j.orders.wait > 0 {
		m.await(w, r, op, j.orders.wait)
	}
	doc := op.snapshot()
	w.Header().Set("Location", api.Operations+"/"+doc.ID)
	status := http.StatusAccepted
	if doc.State == api.Done {
		status = http.StatusOK
	}
	writeJSON(w, status, "application/json", doc)
	return nil
}

// authorless refuses a run of nobody: its lock would keep nobody away.
func (m *Manager) authorless(j *job) error {
	if j.run.Author == "" {
		return ErrUnauthorized
	}
	return nil
}

// await waits for the end of an operation, but no longer than a caller may.
func (m *Manager) await(w http.ResponseWriter, r *http.Request, op *operation, wait time.Duration) {
	yieldTurn(w)
	wait = min(wait, m.opts.Limits.Wait)
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-op.done:
	case <-timer.C:
	case <-r.Context().Done():
	}
}

func sortRisks(list []api.Risk) {
	slices.SortFunc(list, func(a, b api.Risk) int { return strings.Compare(a.Step+a.Kind, b.Step+b.Kind) })
}
