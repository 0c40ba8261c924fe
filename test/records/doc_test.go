// Package records drives the commands about records on a real Pulsar: versions are
// deployed, shown, compared and brought back, by the program as users run it.
package records

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/state"
	"github.com/meshc/meshc/test/harness"
)

func TestMain(m *testing.M) { pulsartest.Main(m) }

// place is a mesh of two functions, of which each version has code of its own.
type place struct {
	*harness.Bench
	jar []byte
}

// name is the mesh's.
const name = "chain"

func newPlace(t *testing.T) *place {
	t.Helper()
	b := harness.New(t, pulsartest.Shared(t))
	b.Topic("in", 0)
	b.Jar("loss-a.jar", "loss.jar")
	data, err := os.ReadFile(filepath.Join(b.Dir, "loss.jar"))
	if err != nil {
		t.Fatal(err)
	}
	return &place{b, data}
}

// write writes the mesh and the code of a version, and returns the mesh file.
func (p *place) write(version int) string {
	p.Helper()
	p.code(version)
	return p.File(name, fmt.Sprintf(`jarFile: code.jar
topics: [{name: in, external: true}]
functions:
  - {name: first, className: org.example.loss.Forward, inputs: [in], output: mid, parallelism: %d}
  - {name: last, className: org.example.loss.Forward, inputs: [mid], output: out, userConfig: {version: %d, apiToken: s3cr3t}}
`, 1+version%2, version))
}

// code writes the jar with one entry more, another for each version.
func (p *place) code(version int) {
	p.Helper()
	from, err := zip.NewReader(bytes.NewReader(p.jar), int64(len(p.jar)))
	if err != nil {
		p.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range from.File {
		if err := w.Copy(f); err != nil {
			p.Fatal(err)
		}
	}
	entry, err := w.Create("version")
	if err == nil {
		_, err = fmt.Fprint(entry, version)
	}
	if err == nil {
		err = w.Close()
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(p.Dir, "code.jar"), out.Bytes(), 0o600)
	}
	if err != nil {
		p.Fatal(err)
	}
}

// deployed is what the workers say of the mesh's functions: their configs, and the
// hashes of the code that they give out.
type deployed map[string]any

// deployed asks the workers. The marker counts writes, so it is left out.
func (p *place) deployed() deployed {
	p.Helper()
	out := deployed{}
	for _, f := range []string{"first", "last"} {
		config, err := p.Client.Get(context.Background(), admin.Functions, p.Tenant, p.Namespace, f)
		if err != nil {
			p.Fatal(err)
		}
		delete(config, "customRuntimeOptions")
		_, sum, err := p.Client.Download(context.Background(), admin.Functions, p.Tenant, p.Namespace, f, io.Discard)
		if err != nil {
			p.Fatal(err)
		}
		out[f], out[f+" code"] = config, sum
	}
	return out
}

// restored wants the workers to be as they were.
func (p *place) restored(version int, want deployed) {
	p.Helper()
	if d := cmp.Diff(want, p.deployed()); d != "" {
		p.Errorf("version %d is not as it was (-want +got):\n%s", version, d)
	}
}

func (p *place) id() mesh.ID { return mesh.ID{Tenant: p.Tenant, Namespace: p.Namespace, Name: name} }

// store opens the records.
func (p *place) store() record.Store {
	p.Helper()
	s, err := p.Backend.Records(context.Background())
	if err != nil {
		p.Fatal(err)
	}
	p.Cleanup(func() { _ = s.Close() })
	return s
}

// history is what the command shows, as JSON.
type history struct {
	Records []struct {
		Version, Of int64
		Action      record.Action
		Outcome     record.Outcome
		Reason      record.Reason
		Nodes       []state.Addr
	}
}

func (p *place) history() history {
	p.Helper()
	var h history
	if err := json.Unmarshal([]byte(p.Run("history", p.id().String(), "-o", "json", "--limit", "100").Want(0).Stdout()), &h); err != nil {
		p.Fatal(err)
	}
	return h
}
