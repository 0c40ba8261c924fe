package cli

import (
	"bytes"
	"strings"
	"sync"
	"time"

	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/human"
	"github.com/meshc/meshc/internal/view/json"
)

// applyView shows how plans are carried out.
type applyView interface {
	findings(view.Findings) error
	plan(view.Plans) error
	// begin starts a mesh; the returned function ends what it started.
	begin(title string, steps int) (end func())
	event(view.Event)
	note(text string)
	meshDone(view.MeshReport)
	// end is told how the command ends, whatever happened before.
	end(reports []view.MeshReport, err error) error
}

func newApplyView(f *Factory, output string) applyView {
	if output == "json" {
		return &jsonApply{f: f}
	}
	return &humanApply{f: f, progress: human.NewProgress(f.Err, f.errStyle(), f.ErrTerminal(), f.Now)}
}

// humanApply writes the plan and the results to standard output, all else to standard error.
type humanApply struct {
	f        *Factory
	progress *human.Progress
	// err is of the first result that could not be written.
	err error
}

func (v *humanApply) findings(doc view.Findings) error {
	return v.f.result(human.Findings(v.f.outStyle(), doc))
}

func (v *humanApply) plan(doc view.Plans) error {
	return v.f.result(human.Plans(v.f.outStyle(), doc))
}

// How often running steps are looked at: to draw them on a terminal, and elsewhere
// to tell what they wait for.
const (
	redrawEvery = 200 * time.Millisecond
	tellEvery   = time.Second
)

func (v *humanApply) begin(title string, steps int) func() {
	v.f.say("")
	v.progress.Begin(title, steps)
	every := tellEvery
	if v.f.ErrTerminal() {
		every = redrawEvery
	}
	ticker := time.NewTicker(every)
	stop := make(chan struct{})
	var ended sync.WaitGroup
	ended.Go(func() {
		for {
			select {
			case <-ticker.C:
				v.progress.Tick()
			case <-stop:
				return
			}
		}
	})
	return func() {
		ticker.Stop()
		close(stop)
		ended.Wait()
		v.progress.End()
	}
}

func (v *humanApply) event(e view.Event) { v.progress.Event(e) }

func (v *humanApply) note(text string) { v.progress.Note(text) }

func (v *humanApply) meshDone(m view.MeshReport) {
	switch {
	case m.Outcome == view.Applied || m.Outcome == view.Unchanged:
		v.f.say("")
		// A result that cannot be written does not keep the next mesh from its turn.
		if err := v.f.result(human.Result(v.f.outStyle(), m)); v.err == nil {
			v.err = err
		}
	case m.Error == "":
		v.f.say("\n%s", strings.TrimRight(human.Trouble(v.f.errStyle(), m), "\n"))
	}
	// Otherwise nothing was begun, and the command's own error tells why.
}

func (v *humanApply) end(_ []view.MeshReport, err error) error {
	if err == nil {
		return v.err
	}
	return err
}

// jsonApply writes one JSON value a line to standard output; the last is the report.
type jsonApply struct {
	f   *Factory
	mu  sync.Mutex
	err error
}

func (v *jsonApply) write(doc any) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	var buf bytes.Buffer
	err := json.WriteLine(&buf, doc)
	if err == nil {
		err = v.f.result(buf.String())
	}
	if v.err == nil {
		v.err = err
	}
	return err
}

func (v *jsonApply) findings(doc view.Findings) error { return v.write(view.NewFound(doc)) }

func (v *jsonApply) plan(doc view.Plans) error { return v.write(view.NewAnnounced(doc)) }

func (v *jsonApply) begin(string, int) func() { return func() {} }

func (v *jsonApply) event(e view.Event) { _ = v.write(e) }

func (v *jsonApply) note(text string) { v.f.say("%s", text) }

func (v *jsonApply) meshDone(view.MeshReport) {}

func (v *jsonApply) end(reports []view.MeshReport, err error) error {
	if err == nil {
		// Lines that were lost make the stream useless to its reader.
		err = v.err
	}
	outcome := outcomeOf(err)
	if err == nil && allUnchanged(reports) {
		outcome = view.Unchanged
	}
	_ = v.write(view.NewReport(outcome, exitCode(err), err, reports))
	return err
}

func allUnchanged(reports []view.MeshReport) bool {
	for _, r := range reports {
		if r.Outcome != view.Unchanged {
			return false
		}
	}
	return true
}
