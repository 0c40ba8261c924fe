package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/manager/client"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/plan"
)

// envManager names the manager where --manager does not.
const envManager = "MESHC_MANAGER"

// manager is the URL of the manager that does what a command asks for; "" for none.
func (x *connectFlags) manager(f *Factory) string {
	if x.managerURL != "" || x.typed.Changed("manager") {
		return x.managerURL
	}
	return f.Getenv(envManager)
}

// openManager opens a manager in the place of a backend.
func (x *connectFlags) openManager(f *Factory, url string) (*client.Backend, error) {
	for _, name := range []string{"admin-url", "broker-url", "worker-url", "records-topic", "move-from", "packages"} {
		if flag := x.typed.Lookup(name); flag != nil && flag.Changed {
			return nil, usage("leave it out; --manager '' goes without the manager", "--%s is for the cluster, which the manager at %s knows", name, view.Clean(url))
		}
	}
	if x.backend != "native" {
		return nil, usage("leave --backend out", "managers are for meshes on Pulsar's function workers")
	}
	h, err := x.settings(f).Service(url)
	if err != nil {
		return nil, usage("such as https://manager.example.org:7780", "--manager: %v", err)
	}
	return client.NewBackend(client.New(url, h)), nil
}

// remote has the meshes of a command planned and carried out by a manager.
type remote struct {
	client *client.Client
	// jobs are what is to be done, by mesh.
	jobs map[string]*client.Job
}

// viaManager gives the remote of a command, nil where there is no manager.
func (x *connectFlags) viaManager(f *Factory) (*remote, error) {
	url := x.manager(f)
	if url == "" {
		return nil, nil
	}
	b, err := x.openManager(f, url)
	if err != nil {
		return nil, err
	}
	return &remote{client: b.Client, jobs: map[string]*client.Job{}}, nil
}

// bundles makes a job of each mesh that was compiled.
func (r *remote) bundles(f *Factory, x *fileFlags, files []string, stdin io.Reader, result compiler.Result, opts compiler.Options, job client.Job) ([]*client.Job, error) {
	inputs, _ := compiler.Read(files, stdin, x.overlays...)
	overlays, _ := compiler.ReadOverlays(x.overlays)
	opts.Env, opts.Cache = f.env, nil // the cache is closed by now
	var out []*client.Job
	for _, u := range result.Units {
		j := job
		j.Mesh = u.Mesh.ID
		for _, in := range inputs {
			if in.Name == u.Mesh.Span.File {
				j.Bundle = &client.Bundle{Meshes: []compiler.Input{in}, Overlays: overlays, Sets: x.sets}
			}
		}
		if j.Bundle == nil {
			return nil, fmt.Errorf("the file of mesh %s is not there any more", u.Mesh.ID)
		}
		j.Bundle.Collect(opts)
		out = append(out, &j)
	}
	return out, nil
}

// plans has the manager plan all jobs.
func (r *remote) plans(ctx context.Context, connect *connectFlags, jobs []*client.Job) (plans []*plan.Plan, found diag.List, err error) {
	err = connect.within(ctx, func(ctx context.Context) error {
		for _, j := range jobs {
			p, list, err := r.client.Plan(ctx, j)
			if errors.As(err, new(*planner.CodeGoneError)) {
				return err
			}
			if err != nil {
				return fmt.Errorf("%s: %w", j.Mesh, err)
			}
			found = append(found, list...)
			if p != nil {
				plans = append(plans, p)
				r.jobs[p.Mesh] = j
			}
		}
		return nil
	})
	return plans, found, err
}

// carryOut has the manager carry a plan out that it has made, or a saved one.
func (r *remote) carryOut(ctx context.Context, c *carrier, p *plan.Plan, o apply.Options) (apply.Report, int64, error) {
	j := r.jobs[p.Mesh]
	if j.Version > 0 {
		values, err := client.ValuesOf(p, c.f.env)
		if err != nil {
			return apply.Report{}, 0, err
		}
		j.Values = values
	}
	if o.Events == nil {
		o.Events = func(backend.Event) {}
	}
	run, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		select {
		case <-o.Stop:
			cancel(errLeft)
		case <-ended:
		}
	}()
	report, version, err := r.client.Run(run, j, p, o.Events)
	if errors.Is(err, errLeft) {
		c.view.note(leftText(p.Mesh, version))
		return apply.Report{Interrupted: true, Skipped: p.Steps}, version, nil
	}
	return report, version, err
}

// leftText says what becomes of a run that is not waited for any more. A manager begins
// none for a caller who has gone, so that one without a version goes on only where it was
// accepted while its caller went.
func leftText(mesh string, version int64) string {
	name := view.Clean(mesh)
	history := "'meshc history " + quoted(name) + "'"
	if version == 0 {
		return fmt.Sprintf("the manager had not accepted %s yet and gives it up, unless it accepted it at this very moment: %s tells", name, history)
	}
	return fmt.Sprintf("the manager goes on with %s, version %d; %s tells how it ended", name, version, history)
}

// errLeft ends the wait for a run of a manager.
var errLeft = errors.New("left the run to the manager")

// planAndRunBy has a manager plan jobs and carry them out.
func (c *carrier) planAndRunBy(ctx context.Context, connect *connectFlags, result compiler.Result, jobs []*client.Job) ([]view.MeshReport, error) {
	if result.Findings.HasErrors() {
		if err := c.view.findings(findings(result, nil)); err != nil {
			return nil, err
		}
		return nil, errFindings
	}
	if c.flags.yes {
		c.replans = mostReplans
	}
	return c.replanned(ctx, func(done []view.MeshReport) ([]view.MeshReport, error) {
		plans, found, err := c.remote.plans(ctx, connect, jobs[len(done):])
		if err != nil {
			return nil, err
		}
		found = c.severities.Apply(found)
		if found.HasErrors() {
			if err := c.view.findings(findings(result, found)); err != nil {
				return nil, err
			}
			return nil, errFindings
		}
		return c.run(ctx, view.NewPlans(plans, unique(append(result.Findings, found...)), result.Sources, c.flags.allow), plans)
	})
}

// unique leaves out findings that this command and the manager have both made.
func unique(list diag.List) diag.List {
	type key struct {
		code   diag.Code
		span   diag.Span
		detail string
	}
	seen := map[key]bool{}
	var out diag.List
	for _, d := range list {
		k := key{d.Code, d.Span, d.Detail}
		if !seen[k] {
			seen[k] = true
			out = append(out, d)
		}
	}
	return out
}

// job is what runs of this command have in common.
func (c *carrier) job() client.Job {
	return client.Job{Allow: c.flags.allow, Parallelism: c.flags.parallelism, WaitLimit: c.waitLimit, OnFailure: apply.OnFailure(c.flags.onFailure), Reason: c.f.reason(c.flags.record.reason)}
}

// destroyBy has a manager take meshes down.
func (c *carrier) destroyBy(ctx context.Context, connect *connectFlags, ids []mesh.ID, deleteTopics bool) ([]view.MeshReport, error) {
	var jobs []*client.Job
	for _, id := range ids {
		j := c.job()
		j.Mesh, j.Destroy, j.DeleteTopics = id, true, deleteTopics
		jobs = append(jobs, &j)
	}
	return c.planAndRunBy(ctx, connect, compiler.Result{}, jobs)
}

// savedBy has a manager carry saved plans out.
func (c *carrier) savedBy(ctx context.Context, plans []*plan.Plan) ([]view.MeshReport, error) {
	for _, p := range plans {
		id, err := mesh.ParseID(p.Mesh)
		if err != nil {
			return nil, err
		}
		values, err := client.ValuesOf(p, c.f.env)
		if err != nil {
			return nil, fmt.Errorf("%s: %w; nothing was written", p.Mesh, err)
		}
		j := c.job()
		j.Mesh, j.Bundle = id, client.ForPlan(p, values)
		c.remote.jobs[p.Mesh] = &j
	}
	return c.run(ctx, view.NewPlans(plans, nil, nil, c.flags.allow), plans)
}

// plansBy has a manager plan what was compiled.
func (o *planOptions) plansBy(ctx context.Context, r *remote, files []string, stdin io.Reader, result compiler.Result, opts compiler.Options) ([]*plan.Plan, diag.List, error) {
	job := client.Job{Allow: o.allow, Only: o.only.names, Destroy: o.destroy, DeleteTopics: o.deleteTopics}
	var jobs []*client.Job
	if o.destroy {
		for _, id := range idsOf(result.Units) {
			j := job
			j.Mesh = id
			jobs = append(jobs, &j)
		}
	} else {
		var err error
		if jobs, err = r.bundles(o.f, &o.input, files, stdin, result, opts, job); err != nil {
			return nil, nil, err
		}
	}
	plans, found, err := r.plans(ctx, &o.connect, jobs)
	return plans, o.severities.Apply(found), err
}
