package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/compiler/artifact/artifacttest"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/record"
)

// head returns the newest head of word-count; the zero Head for none.
func (b *bench) head() record.Head {
	b.t.Helper()
	s, err := b.cluster.Records(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	h, err := s.Head(b.t.Context(), wordCountID)
	if err != nil && !errors.Is(err, record.ErrNone) {
		b.t.Fatal(err)
	}
	return h
}

// hold lets someone hold word-count.
func (b *bench) hold(by, reason string) {
	b.t.Helper()
	h := b.head()
	h.Mesh, h.Revision, h.Action, h.Outcome, h.Hold = wordCountID.String(), h.Revision+1, record.Hold, record.Applied, &record.HoldInfo{By: by, Reason: reason}
	s, err := b.cluster.Records(b.t.Context())
	if err == nil {
		_, err = s.Write(b.t.Context(), h, nil)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// instances writes the mesh file with so many instances of split.
func (b *bench) instances(n int) {
	b.t.Helper()
	b.write("mesh.yaml", strings.Replace(wordCount, "    output: words\n", fmt.Sprintf("    output: words\n    parallelism: %d\n", n), 1))
}

func TestRunsAreRecorded(t *testing.T) {
	b := newBench(t)
	b.env = map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_SHA": "0a1b", "GITHUB_SERVER_URL": "https://forge.example", "GITHUB_REPOSITORY": "a/b", "GITHUB_RUN_ID": "7"}
	b.want(0, "apply", "--yes", "--reason", "first")
	b.outHas("; version 1.\n")
	first := b.head()
	want := record.Reason{Text: "first", Commit: "0a1b", Run: "https://forge.example/a/b/actions/runs/7"}
	if first.Version != 1 || first.Action != record.Apply || first.Outcome != record.Applied || first.Reason != want || !strings.Contains(first.Author, "@") || first.Source == "" {
		t.Errorf("recorded: %+v", first)
	}
	if first.Changes != (record.Changes{Created: 2}) || len(first.Nodes) != 2 || len(first.Packages) == 0 {
		t.Errorf("recorded: %+v", first)
	}
	b.want(0, "apply", "--yes")
	if h := b.head(); h.Revision != first.Revision {
		t.Errorf("nothing changed, and this was recorded: %+v", h)
	}
	b.instances(3)
	b.want(0, "create", "-f", "mesh.yaml", "--yes", "-o", "json", "--set", "functions.count.parallelism=2")
	b.outHas(`"outcome":"applied","version":2`)
	s, err := b.cluster.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	body, err := s.Body(t.Context(), b.head())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, source := range body.Sources {
		names = append(names, source.Name)
	}
	if d := cmp.Diff([]string{"mesh.yaml", "--set"}, names); d != "" || !strings.Contains(body.Sources[0].Text, "parallelism: 3") {
		t.Errorf("sources (-want +got): %s\n%+v", d, body.Sources)
	}
	b.want(0, "destroy", "--mesh", "public/default/word-count", "--yes")
	b.outHas("; version 3.\n")
	if h := b.head(); h.Action != record.Destroy || h.Live() || h.Outcome != record.Applied {
		t.Errorf("recorded: %+v", h)
	}
}

// TestSavedPlansAreRecorded: what a plan file carries is recorded as if it had been
// planned and applied at once, in all its forms.
func TestSavedPlansAreRecorded(t *testing.T) {
	b := newBench(t)
	b.want(0, "plan", "--out", "p.json")
	b.want(0, "plan", "-o", "json")
	b.in = strings.NewReader(b.out.String())
	b.want(0, "apply", "--yes", "-")
	piped := b.head()
	b.want(0, "destroy", "--yes", "mesh.yaml", "--delete-topics", "--allow", "topic-data")
	b.want(0, "plan", "--bundle", "p.bundle")
	b.want(0, "apply", "--yes", "p.bundle")
	bundled := b.head()
	if piped.Version != 1 || bundled.Version != 3 || piped.State != bundled.State || piped.Source != bundled.Source || piped.Source == "" {
		t.Errorf("%+v\n%+v", piped, bundled)
	}
	b.hold("bob@desk", "")
	b.want(1, "apply", "--yes", "p.json")
	b.errHas("is locked by bob@desk since", "nothing was written")
}

// TestAHoldKeepsRunsAway: who holds a mesh is told before anything is planned, and to
// its plan; the one who holds it may go on.
func TestAHoldKeepsRunsAway(t *testing.T) {
	b := newBench(t)
	b.hold("bob@desk", "the audit is on")
	for _, args := range [][]string{{"apply", "--yes"}, {"destroy", "--yes", "mesh.yaml"}, {"delete", "--yes", "--name", "word-count"}, {"apply", "--yes", "-o", "json"}} {
		b.want(1, args...)
		b.errHas("public/default/word-count is locked by bob@desk since ", ": the audit is on; nothing was written\n", "meshc unlock public/default/word-count --force")
	}
	if b.cluster.Writes() != 0 {
		t.Error("something was written")
	}
	b.want(0, "plan")
	b.errHas("meshc: note: public/default/word-count is locked by bob@desk")
	b.hold(b.factory(nil).author(), "")
	b.want(0, "apply", "--yes")
	if h := b.head(); h.Version != 1 || h.Hold == nil {
		t.Errorf("recorded: %+v", h)
	}
	b.hold("bob@desk", "")
	b.want(0, "apply", "--yes", "--record", "off")
}

// kept is a cluster whose records are of another kind.
type kept struct {
	backend.Backend
	store record.Store
	err   error
}

func (k *kept) Records(context.Context) (record.Store, error) { return k.store, k.err }

// stubborn is a store that refuses writes.
type stubborn struct {
	record.Store
	err   func(record.Head) error
	wrote []record.Head
}

func (s *stubborn) Write(ctx context.Context, h record.Head, b *record.Body) (record.Head, error) {
	s.wrote = append(s.wrote, h)
	if err := s.err(h); err != nil {
		return record.Head{}, err
	}
	return s.Store.Write(ctx, h, b)
}

// TestRunsWithoutRecords: where records cannot be kept a run goes on with one warning,
// unless it has to be recorded; then nothing is written.
func TestRunsWithoutRecords(t *testing.T) {
	forbidden := fmt.Errorf("topic meshc-records: %w", record.ErrForbidden)
	for name, wrap := range map[string]func(*bench) backend.Backend{
		"none":         func(b *bench) backend.Backend { return struct{ backend.Backend }{b.cluster} },
		"may not read": func(b *bench) backend.Backend { return &kept{Backend: b.cluster, err: forbidden} },
		"may read, not write": func(b *bench) backend.Backend {
			return &kept{Backend: b.cluster, store: b.refusing(func(record.Head) error { return forbidden })}
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.backend = wrap(b)
			b.want(1, "apply", "--yes", "--record", "on")
			b.errHas("nothing was written")
			if b.cluster.Writes() != 0 {
				t.Error("something was written")
			}
			b.want(0, "apply", "--yes")
			if n := strings.Count(b.err.String(), "meshc: warning: this run is not recorded"); n != 1 {
				t.Errorf("%d warnings:\n%s", n, b.err)
			}
			b.errHas("--record off")
			b.instances(2)
			b.want(0, "apply", "--yes", "--record", "off")
			if strings.Contains(b.err.String(), "warning") {
				t.Errorf("a warning that nobody needs: %s", b.err)
			}
		})
	}
}

// refusing is the cluster's store with an answer to each write.
func (b *bench) refusing(err func(record.Head) error) *stubborn {
	s, oops := b.cluster.Records(b.t.Context())
	if oops != nil {
		b.t.Fatal(oops)
	}
	return &stubborn{Store: s, err: err}
}

// TestRecordsThatFail: an error that is none of having no records may hide that
// someone holds the mesh, so nothing is written, unless the user goes without a lock.
func TestRecordsThatFail(t *testing.T) {
	b := newBench(t)
	b.backend = &kept{Backend: b.cluster, err: errors.New("connection reset")}
	b.want(1, "apply", "--yes")
	b.errHas("records of meshes: connection reset", "--record off")
	if b.cluster.Writes() != 0 {
		t.Error("something was written")
	}
	b.want(0, "plan")
	b.want(1, "plan", "--record", "on")
	b.want(0, "apply", "--yes", "--lock=false")
	b.errHas("this run is not recorded")
}

// TestARunThatLoses: who came first is named, and nothing was written.
func TestARunThatLoses(t *testing.T) {
	b := newBench(t)
	b.backend = &kept{Backend: b.cluster, store: b.refusing(func(h record.Head) error {
		return &record.ConflictError{Winner: record.Head{Mesh: h.Mesh, Revision: 5, Version: 4, Author: "bob@desk", Action: record.Apply}, Want: h.Revision}
	})}
	for _, lock := range []string{"--lock", "--lock=false"} {
		b.want(1, "apply", "--yes", lock)
		b.errHas("public/default/word-count was changed by another run meanwhile: apply by bob@desk made it version 4; nothing was written", "to go on: meshc apply --yes")
		if b.cluster.Writes() != 0 {
			t.Error("something was written")
		}
	}
}

// TestAnEndThatIsNotRecorded: the run is over, and that is what counts.
func TestAnEndThatIsNotRecorded(t *testing.T) {
	b := newBench(t)
	b.backend = &kept{Backend: b.cluster, store: b.refusing(func(h record.Head) error {
		if h.Outcome == record.Running {
			return nil
		}
		return errors.New("connection reset")
	})}
	b.want(0, "apply", "--yes")
	b.errHas("meshc: warning: the end of version 1 of public/default/word-count could not be recorded: connection reset")
	b.outHas("; version 1.\n")
	if h := b.head(); h.Outcome != record.Running {
		t.Errorf("recorded: %+v", h)
	}
	b.backend = b.cluster
	b.want(0, "apply", "--yes")
	if h := b.head(); h.Version != 2 || h.Outcome != record.Applied {
		t.Errorf("recorded: %+v", h)
	}
}

// code makes the jar anew, with another class for each number.
func (b *bench) code(n int) {
	b.t.Helper()
	b.write("functions.jar", string(artifacttest.Jar(
		artifacttest.Function("org.example.Split", "java.lang.String", "java.lang.String"),
		artifacttest.Function("org.example.Count", "java.lang.String", "java.lang.String"),
		artifacttest.Function(fmt.Sprintf("org.example.Other%d", n), "java.lang.String", "java.lang.String"))))
}

// TestPackagesOfLastVersionsStay: code of versions that can be brought back is kept.
func TestPackagesOfLastVersionsStay(t *testing.T) {
	b := newBench(t)
	for i := range 8 {
		b.code(i)
		b.want(0, "apply", "--yes")
	}
	packages := 0
	for addr := range b.cluster.Resources() {
		if addr.Kind() == "package" {
			packages++
		}
	}
	if h := b.head(); packages != 8 || len(h.Packages) != 8 {
		t.Errorf("%d packages are there; recorded are %v", packages, h.Packages)
	}
	b.code(8)
	b.want(0, "plan", "-o", "json")
	var doc view.Plans
	if err := json.Unmarshal([]byte(b.out.String()), &doc); err != nil || doc.Summary.Delete != 0 {
		t.Errorf("the plan deletes %d: %v", doc.Summary.Delete, err)
	}
	b.want(0, "plan", "--record", "off", "-o", "json")
	if err := json.Unmarshal([]byte(b.out.String()), &doc); err != nil || doc.Summary.Delete == 0 {
		t.Errorf("without records the plan deletes %d: %v", doc.Summary.Delete, err)
	}
	b.backend = &kept{Backend: b.cluster, err: record.ErrForbidden}
	b.want(0, "plan")
	b.errHas("meshc: warning: the plan deletes packages that a rollback may need")
}

// placeless is a cluster without a place for records so far.
type placeless struct{ *kept }

func (placeless) RecordsThere(context.Context) (bool, error) { return false, nil }

// TestLookingMakesNoPlace: who only looks opens no records where there are none.
func TestLookingMakesNoPlace(t *testing.T) {
	b := newBench(t)
	b.want(0, "apply", "--yes", "--record", "off")
	b.backend = placeless{&kept{Backend: b.cluster, err: errors.New("a place was made")}}
	for _, args := range [][]string{{"plan"}, {"plan", "--record", "on"}, {"status"}, {"history"}, {"list", "--all"}} {
		b.want(0, args...)
	}
	for _, args := range [][]string{{"get", "--version", "1"}, {"diff", "1", "2"}} {
		b.want(1, args...)
		b.errHas("nothing is on record of public/default/word-count")
	}
	b.want(1, "lock")
	b.errHas("a place was made")
}
