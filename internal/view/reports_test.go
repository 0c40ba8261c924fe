package view_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/xeipuuv/gojsonschema"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/github"
	"github.com/meshc/meshc/internal/view/junit"
	"github.com/meshc/meshc/internal/view/sarif"
)

// hostile are findings whose texts try to break out of each form.
func hostile() view.Findings {
	at := func(file string, line, from, endLine, to int) diag.Span {
		return diag.Span{File: file, Start: diag.Pos{Line: line, Column: from}, End: diag.Pos{Line: endLine, Column: to}}
	}
	var l diag.List
	l.Add(diag.UnknownKey, at("a b,c:d%.yaml", 3, 5, 3, 9), "A key \x1b[31m`]]>&<\"` is 100% wrong\r\n::error::x", "Write:\n  a: b\n").
		Relate(at("other.yaml", 1, 2, 1, 3), "first, here")
	l.Add(diag.WrongType, at("a b,c:d%.yaml", 4, 5, 6, 2), "A \U0001f600 of several lines.")
	l.Add(diag.UnwrittenInput, at("-", 2, 1, 2, 4), "Nothing \x00 comes.").Relate(diag.Span{}, "nowhere")
	l.Add(diag.UnreadableFile, diag.Span{File: "gone.yaml"}, "There is no such file.")
	l.Add(diag.NotOurs, diag.Span{}, "It has no place.")
	return view.NewFindings(l, nil, []view.MeshInfo{{File: "good.yaml", Mesh: "public/default/<good>"}, {File: "-", Mesh: "public/default/in"}})
}

func forms(t *testing.T, f view.Findings) map[string]string {
	t.Helper()
	out := map[string]string{"github": github.Findings(f, "/repo")}
	var err error
	if out["sarif"], err = sarif.Findings(f, "/repo", "v1.2.3"); err != nil {
		t.Fatal(err)
	}
	if out["junit"], err = junit.Findings(f, false); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestFormsAreTheSameFromRunToRun(t *testing.T) {
	want := forms(t, hostile())
	for range 100 {
		for name, got := range forms(t, hostile()) {
			if got != want[name] {
				t.Fatalf("%s differs", name)
			}
		}
	}
}

func TestGithub(t *testing.T) {
	const want = "::error title=MC5001%3A Not deployed by this mesh::It has no place.\n" +
		"::warning title=MC4002%3A Nothing writes this input::<stdin>:2:1: Nothing ␀ comes.%0Anowhere\n" +
		"::error file=a b%2Cc%3Ad%25.yaml,line=3,col=5,endColumn=9,title=MC2001%3A Unknown key::A key ␛[31m`]]>&<\"` is 100%25 wrong\\r\\n::error::x%0AWrite:%0A  a: b%0Afirst, here: other.yaml:1:2\n" +
		"::error file=a b%2Cc%3Ad%25.yaml,line=4,endLine=6,title=MC2003%3A Wrong type of value::A \U0001f600 of several lines.\n" +
		"::error file=gone.yaml,title=MC1006%3A File cannot be read::There is no such file.\n"
	if got := github.Findings(hostile(), "/repo"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := github.Findings(view.Findings{}, ""); got != "" {
		t.Errorf("no findings give %q", got)
	}
}

// TestSARIF reads the log as a consumer does: every reference leads somewhere,
// and every value is one that the format knows.
func TestSARIF(t *testing.T) {
	text := forms(t, hostile())["sarif"]
	var doc struct {
		Version string
		Runs    []struct {
			ColumnKind string
			Tool       struct {
				Driver struct {
					Name  string
					Rules []struct {
						ID               string
						ShortDescription struct{ Text string }
					}
				}
			}
			Results []struct {
				RuleID    string
				RuleIndex int
				Level     string
				Message   struct{ Text string }
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI, URIBaseID string }
						Region           *struct{ StartLine, StartColumn, EndLine, EndColumn int }
					}
				}
				RelatedLocations []struct{ ID int }
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil || doc.Version != "2.1.0" || len(doc.Runs) != 1 {
		t.Fatalf("%v: %s", err, text)
	}
	run := doc.Runs[0]
	if run.ColumnKind != "unicodeCodePoints" || len(run.Results) != 5 || len(run.Tool.Driver.Rules) != len(diag.Catalogue()) {
		t.Errorf("%+v", run)
	}
	uris := []string{"", "stdin", "a%20b,c:d%25.yaml", "a%20b,c:d%25.yaml", "gone.yaml"}
	for i, r := range run.Results {
		if run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID || r.Level != "error" && r.Level != "warning" || r.Message.Text == "" {
			t.Errorf("result %d: %+v", i, r)
		}
		uri := ""
		for _, l := range r.Locations {
			uri = strings.TrimPrefix(l.PhysicalLocation.ArtifactLocation.URI, "./")
			if g := l.PhysicalLocation.Region; g != nil && (g.StartLine < 1 || g.StartColumn < 1 || g.EndLine < g.StartLine || g.EndColumn < 1) {
				t.Errorf("result %d: %+v", i, *g)
			}
		}
		if uri != uris[i] {
			t.Errorf("result %d is in %q, want %q", i, uri, uris[i])
		}
	}
	againstSchema(t, forms(t, hostile())["sarif"])
	againstSchema(t, forms(t, view.Findings{})["sarif"])
	if len(run.Results[2].RelatedLocations) != 1 || len(run.Results[1].RelatedLocations) != 0 {
		t.Error("related locations are lost or made up")
	}
}

// againstSchema validates a report against SARIF's own schema, where
// MESHC_SARIF_SCHEMA names it: a file such as lib/schemas/sarif-2.1.0-rtm.5.json
// of the npm package @microsoft/jest-sarif. The schema is not ours to copy.
func againstSchema(t *testing.T, report string) {
	t.Helper()
	file := os.Getenv("MESHC_SARIF_SCHEMA")
	if file == "" {
		return
	}
	schema, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got, err := gojsonschema.Validate(gojsonschema.NewBytesLoader(schema), gojsonschema.NewStringLoader(report))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range got.Errors() {
		t.Error(e)
	}
}

func TestJUnit(t *testing.T) {
	for _, strict := range []bool{false, true} {
		text, err := junit.Findings(hostile(), strict)
		if err != nil {
			t.Fatal(err)
		}
		d := xml.NewDecoder(strings.NewReader(text))
		cases, failures := 0, 0
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			if e, ok := token.(xml.StartElement); ok {
				switch e.Name.Local {
				case "testcase":
					cases++
				case "failure":
					failures++
				}
			}
		}
		want := 4
		if strict {
			want = 5
		}
		// Five findings, and a passing case for the mesh of the file without any.
		if cases != 6 || failures != want {
			t.Errorf("strict %t: %d cases, %d failures\n%s", strict, cases, failures, text)
		}
		if !strings.Contains(text, `<testcase classname="good.yaml" name="public/default/&lt;good&gt;"></testcase>`) {
			t.Errorf("the mesh without findings does not pass:\n%s", text)
		}
	}
}

func TestRelative(t *testing.T) {
	for _, c := range [][3]string{
		{"mesh.yaml", "/repo", "mesh.yaml"}, {"./a/../mesh.yaml", "/repo", "mesh.yaml"}, {"/repo/m/mesh.yaml", "/repo", "m/mesh.yaml"},
		{"/repository/mesh.yaml", "/repo", "/repository/mesh.yaml"}, {"/repo/..a/m.yaml", "/repo", "..a/m.yaml"}, {"/x.yaml", "", "/x.yaml"}, {"../x.yaml", "/repo", "../x.yaml"},
	} {
		if got := view.Relative(c[0], c[1]); got != c[2] {
			t.Errorf("Relative(%q, %q) = %q, want %q", c[0], c[1], got, c[2])
		}
	}
}
