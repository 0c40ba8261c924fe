package client

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
)

// Job is something that is to be done to a mesh.
type Job struct {
	Mesh mesh.ID
	// Bundle is what the mesh is to become; nil for a Destroy and a Version.
	Bundle *Bundle
	// Destroy takes the mesh down, DeleteTopics with its topics; Version goes to one that was.
	Destroy, DeleteTopics bool
	Version               int64
	// Values are what the references of a version stand for here.
	Values api.Values

	Allow       []plan.RiskKind
	Only        []string
	Parallelism int
	WaitLimit   time.Duration
	OnFailure   apply.OnFailure
	Reason      record.Reason
}

// query gives what plans and runs have in common.
func (j *Job) query() query {
	q := query{}
	if len(j.Allow) > 0 {
		var names []string
		for _, k := range j.Allow {
			names = append(names, string(k))
		}
		q.Set("allow", strings.Join(names, ","))
	}
	for _, o := range j.Only {
		q.Add("only", o)
	}
	if j.DeleteTopics {
		q.Set("deleteTopics", "true")
	}
	if j.Version > 0 {
		q.Set("version", strconv.FormatInt(j.Version, 10))
	}
	return q
}

func (j *Job) body() (body, error) {
	if j.Bundle != nil {
		return j.Bundle.form()
	}
	if j.Version == 0 {
		return body{}, nil
	}
	data, err := json.Marshal(j.Values)
	return body{kind: "application/json", data: data}, err
}

// Plan asks what would be done. Findings with an error come without a plan. The error
// for code that is gone is a *planner.CodeGoneError, and says which mesh it is about.
func (c *Client) Plan(ctx context.Context, j *Job) (*plan.Plan, diag.List, error) {
	b, err := j.body()
	if err != nil {
		return nil, nil, err
	}
	q := j.query()
	if j.Destroy {
		q.Set("destroy", "true")
	}
	var out api.Planned
	err = c.ask(ctx, http.MethodPost, pathOf(j.Mesh, "/plan"), q, b, &out)
	var p *api.Problem
	if errors.As(err, &p) && p.Type == api.KindFindings {
		return nil, p.Findings, nil
	}
	if err != nil {
		return nil, nil, told(err)
	}
	plans, err := plan.ReadFile(out.Plan)
	if err == nil && len(plans) != 1 {
		err = fmt.Errorf("the manager gave %d plans", len(plans))
	}
	if err != nil {
		return nil, nil, err
	}
	return plans[0], out.Findings, nil
}

// retryFor is how long a run is asked for again while nobody leads, or nobody knows
// whether it was accepted.
const retryFor = 30 * time.Second

// Run has a plan carried out that Plan gave for the job, if the cluster is still as it
// was then, and reports as apply.Run does; events are told as they happen. The version
// is that of the record. A run that was accepted goes on when ctx ends.
func (c *Client) Run(ctx context.Context, j *Job, p *plan.Plan, events func(backend.Event)) (apply.Report, int64, error) {
	op, err := c.begin(ctx, j, p)
	if err != nil {
		return apply.Report{}, 0, told(err)
	}
	h := newHeard(p)
	op, err = c.follow(ctx, j.Mesh, op, h, events)
	switch {
	case err != nil && ctx.Err() != nil:
		return apply.Report{}, op.Version, err
	case err != nil:
		op.Result, op.Outcome, op.Error = nil, "", err.Error()
	}
	if op.Result == nil {
		// The member that ran it is gone: the record tells what is known.
		return h.report(op, p), op.Version, nil
	}
	return reportOf(*op.Result, p), op.Version, nil
}

// begin sends the request until it is accepted or refused; it is carried out once.
func (c *Client) begin(ctx context.Context, j *Job, p *plan.Plan) (api.Operation, error) {
	q := j.query()
	q.Del("version")
	set := func(key, value string) {
		if value != "" {
			q.Set(key, value)
		}
	}
	set("base", p.Base)
	set("onFailure", string(j.OnFailure))
	set("reason", j.Reason.Text)
	set("commit", j.Reason.Commit)
	set("run", j.Reason.Run)
	if j.Parallelism > 0 {
		q.Set("parallelism", strconv.Itoa(j.Parallelism))
	}
	if j.WaitLimit > 0 {
		q.Set("waitLimit", j.WaitLimit.String())
	}
	method, path := http.MethodPut, pathOf(j.Mesh, "")
	switch {
	case j.Version > 0:
		method, path = http.MethodPost, pathOf(j.Mesh, "/rollback")
		q.Set("version", strconv.FormatInt(j.Version, 10))
	case j.Destroy && j.Bundle == nil:
		method = http.MethodDelete
	}
	b, err := j.body()
	if err != nil {
		return api.Operation{}, err
	}
	b.key = rand.Text()
	var op api.Operation
	for end := time.Now().Add(retryFor); ; {
		err = c.ask(ctx, method, path, q, b, &op)
		if err == nil || ctx.Err() != nil || time.Now().After(end) || !passing(err) {
			return op, err
		}
		select {
		case <-ctx.Done():
			return op, context.Cause(ctx)
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// passing tells that the same request may do better in a moment.
func passing(err error) bool {
	var p *api.Problem
	if !errors.As(err, &p) {
		// There was no answer: the manager may have gone, with or without having accepted it.
		return true
	}
	return Is(err, api.KindNoLeader, api.KindUnknown, api.KindBusy)
}

// quiet is how long a stream may tell nothing at all: managers send signs of life more often.
const quiet = time.Minute

// listen reads the stream of an operation from the last event on; at its end it has
// the operation. line is called for all that comes, signs of life too.
func (c *Client) listen(ctx context.Context, id string, last *string, line func(), fn func(api.StepEvent)) (op api.Operation, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silent := time.AfterFunc(quiet, func() { cancel(fmt.Errorf("the manager at %s has told nothing for %v", c.base, quiet)) })
	defer silent.Stop()
	q := query{}
	if *last != "" {
		q.Set("lastEventId", *last)
	}
	resp, err := c.send(ctx, http.MethodGet, api.Operations+"/"+url.PathEscape(id)+"/events", q, body{}, "text/event-stream")
	if err != nil {
		return op, err
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 4<<20)
	var name, data string
	for lines.Scan() {
		silent.Reset(quiet)
		line()
		key, value, _ := strings.Cut(lines.Text(), ": ")
		switch key {
		case "id":
			*last = value
		case "event":
			name = value
		case "data":
			data = value
		case "":
			var e api.StepEvent
			switch {
			case name == api.EventOperation:
				return op, json.Unmarshal([]byte(data), &op)
			case name == api.EventStep && json.Unmarshal([]byte(data), &e) == nil:
				fn(e)
			}
			name, data = "", ""
		}
	}
	return op, lines.Err()
}
