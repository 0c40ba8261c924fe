package view_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// TestFindingsLandOnWhatTheyAreAbout: unknown keys, which no model holds, at places
// of every kind.
func TestFindingsLandOnWhatTheyAreAbout(t *testing.T) {
	const text = `
-- block.yaml --
name: one
bad-mesh: 1
topics:
  - name: in
    external: true
    bad-topic: 1
functions:
  - bad-first: 1
    # a comment
 # another

    name: f
    className: A
    jar: f.jar
    inputs:
      - in
      - in
    resources:
      bad-deep: 1
    output: out
    bad-last: 1
  - name: g
    jar: g.jar
    className: A
    inputs: [out]
    bad-g: 1
bad-end: 1
-- flow.yaml --
name: two
functions: [{name: a, jar: f.jar, className: A, inputs: [x], bad-a: 1},
  {name: b, jar: f.jar, className: A, inputs: [y]}]
-- json.yaml --
{
  "name": "three",
  "functions": [
    {
      "name": "j",
      "jar": "j.jar",
      "className": "A",
      "inputs": ["z"],
      "bad-j": 1
    },
    {
      "bad-k": 1,
      "name": "k",
      "jar": "j.jar",
      "className": "A",
      "inputs": ["j-in"]
    }
  ]
}
`
	d := drawingOf(txtar.Parse([]byte(text)))
	got := map[string][]string{}
	nowhere := map[int]bool{}
	for i := range d.Findings {
		nowhere[i] = true
	}
	put := func(place string, findings []int) {
		for _, i := range findings {
			nowhere[i] = false
			if line := d.Findings[i].Excerpt; d.Findings[i].Code == "MC2001" {
				l := line[0]
				got[place] = append(got[place], string([]rune(l.Text)[l.From-1:l.To-1]))
			} else {
				got[place] = append(got[place], string(d.Findings[i].Code))
			}
		}
	}
	for _, v := range d.Vertices {
		put(v.ID, v.Findings)
	}
	for _, e := range d.Edges {
		put(d.Vertices[e.From].ID+" -> "+d.Vertices[e.To].ID, e.Findings)
	}
	for i, f := range d.Findings {
		if nowhere[i] && f.Code == "MC2001" {
			l := f.Excerpt[0]
			got["nowhere"] = append(got["nowhere"], string([]rune(l.Text)[l.From-1:l.To-1]))
		}
	}
	want := map[string][]string{
		"topic public/default/in":   {"bad-topic"},
		"function public/default/f": {"bad-first", "MC3007", "MC3009", "bad-deep", "bad-last"},
		"function public/default/g": {"MC3007", "bad-g"},
		"function public/default/a": {"MC3007", "bad-a"},
		"function public/default/b": {"MC3007"},
		"function public/default/j": {"MC3007", `"bad-j"`},
		"function public/default/k": {`"bad-k"`, "MC3007"},
		"nowhere":                   {"bad-mesh", "bad-end"},
	}
	for place := range got {
		// Inputs that nobody writes, and one that is there twice, are about edges.
		if want[place] == nil {
			for _, code := range got[place] {
				if code != "MC4002" && code != "MC3009" {
					t.Errorf("%s has %s", place, code)
				}
			}
			delete(got, place)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
