package planner_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/meshc/meshc/backends/memory"
	"github.com/meshc/meshc/backends/native"
	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/state"
)

// cluster is the memory backend with topics, and with the traits of another one.
type cluster struct {
	*memory.Backend
	topics []string
	traits func(*backend.Traits)
}

// Topics implements backend.TopicLister.
func (c cluster) Topics(_ context.Context, namespace string) ([]string, error) {
	return slices.DeleteFunc(slices.Clone(c.topics), func(t string) bool { return state.NamespaceOf(t) != namespace }), nil
}

// Traits implements backend.Backend.
func (c cluster) Traits(ctx context.Context, id mesh.ID) (backend.Traits, error) {
	t, err := c.Backend.Traits(ctx, id)
	if c.traits != nil {
		c.traits(&t)
	}
	return t, err
}

func newCluster(topics ...string) cluster {
	c := cluster{Backend: memory.New(native.Rules{}), topics: topics}
	c.Put(&state.Namespace{Name: "public/default"})
	for _, t := range topics {
		c.Put(&state.Topic{Name: t})
	}
	return c
}

func compile(t *testing.T, nodes string) compiler.Unit {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"f.py", "f.zip"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("def process(x):\n    return x\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// What is behind a broken zip does not matter to plans.
	r := compiler.Compile([]compiler.Input{{Name: filepath.Join(dir, "mesh.yaml"), Data: []byte("name: m\n" + nodes)}}, compiler.Options{})
	if len(r.Units) != 1 {
		t.Fatalf("%+v", r.Findings)
	}
	return r.Units[0]
}

const patterned = "functions: [{name: a, py: f.py, className: f, topicsPattern: \"persistent://public/default/in-.*\", output: out}]\n"

// Topics that a pattern takes get their subscription before the function starts,
// those of the mesh itself too; topics that come later are told of.
func TestPatternsGetSubscriptions(t *testing.T) {
	const there = "persistent://public/default/in-1"
	c := newCluster(there, "persistent://public/default/other", "persistent://public/default/__in-system")
	u := compile(t, patterned+"topics: [{name: in-2}]\n")
	p, findings, err := planner.Make(t.Context(), c, "memory", u, planner.Options{})
	if err != nil || p == nil {
		t.Fatal(err, findings)
	}
	var got []string
	create := -1
	for i, s := range p.Steps {
		switch s.Addr.Kind() {
		case state.KindSubscription:
			topic, _, _ := strings.Cut(s.Addr.Name(), "#")
			got = append(got, topic)
			if create >= 0 {
				t.Errorf("%s comes after the function", s.ID)
			}
		case state.KindFunction:
			if create < 0 {
				create = i
			}
		}
	}
	slices.Sort(got)
	if want := []string{there, "persistent://public/default/in-2"}; !slices.Equal(got, want) {
		t.Errorf("subscriptions on %v, want %v", got, want)
	}
	if !slices.ContainsFunc(findings, func(d diag.Diagnostic) bool {
		return d.Code == diag.PatternTopics && strings.HasPrefix(d.Detail, "2 topics")
	}) {
		t.Errorf("findings %+v", findings)
	}
}

func TestPatternFromTheBeginning(t *testing.T) {
	u := compile(t, strings.ReplaceAll(patterned, "output: out", "output: out, subscriptionPosition: Earliest"))
	p, findings, err := planner.Make(t.Context(), newCluster(), "memory", u, planner.Options{})
	if err != nil || p == nil || len(findings) > 0 {
		t.Error(err, findings)
	}
}

// What a cluster does not do is told before anything is written.
func TestNotOnThisCluster(t *testing.T) {
	const (
		batching = "sources: [{name: a, archive: 'builtin://x', topicName: out, producerConfig: {batchingConfig: {enabled: false}}}]\n"
		zip      = "functions: [{name: a, py: f.zip, className: f.F, inputs: [in], output: out}]\ntopics: [{name: in, external: true}]\n"
		byURL    = "functions: [{name: a, jar: 'function://public/default/x@1', className: f.F, inputs: [in], output: out}]\ntopics: [{name: in, external: true}]\n"
	)
	for _, c := range []struct {
		name, nodes, version string
		packages, refused    bool
	}{
		{"a field that 4.0 lacks", batching, "4.0.8", true, true},
		{"a field that 4.2 has", batching, "4.2.4", true, false},
		{"a field, and nobody tells the version", batching, "", true, false},
		{"a zip as a package", zip, "", true, true},
		{"a zip that is sent", zip, "", false, false},
		{"a package", byURL, "", true, false},
		{"a package where there are none", byURL, "", false, true},
	} {
		cl := newCluster("persistent://public/default/in")
		cl.traits = func(t *backend.Traits) { t.Version, t.Packages = c.version, c.packages }
		_, findings, err := planner.Make(t.Context(), cl, "memory", compile(t, c.nodes), planner.Options{})
		refused := slices.ContainsFunc(findings, func(d diag.Diagnostic) bool { return d.Code == diag.NotOnCluster })
		if err != nil || refused != c.refused {
			t.Errorf("%s: refused %v: %v %+v", c.name, refused, err, findings)
		}
	}
}
