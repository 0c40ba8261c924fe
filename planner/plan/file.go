package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/state"
)

// file is the form of a saved plan: one for each mesh of the run.
type file struct {
	Format string  `json:"format"`
	Plans  []*Plan `json:"plans"`
}

// Write writes plans as a plan file, indented JSON.
func Write(w io.Writer, plans []*Plan) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(file{Format: Format, Plans: plans})
}

// IsPlan tells whether data is a plan file of any version: a JSON object with a
// top-level key "format". What comes after that key may be damaged: a plan file
// that was cut short is one still, and ReadFile says what is wrong with it.
func IsPlan(data []byte) bool {
	dec := json.NewDecoder(bytes.NewReader(data))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return false
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return false
		}
		if key == "format" {
			value, err := dec.Token()
			_, text := value.(string)
			return err == nil && text
		}
		var skip json.RawMessage
		if dec.Decode(&skip) != nil {
			return false
		}
	}
	return false
}

// ReadFile reads a plan file. A file of another format version, a damaged one,
// or one whose steps do not fit together is an error.
func ReadFile(data []byte) ([]*Plan, error) {
	// The format first: a newer one may hold what this version does not know.
	var head struct{ Format string }
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("plan file cannot be read: %w", err)
	}
	if head.Format != Format {
		return nil, &FormatError{Have: head.Format}
	}
	var f file
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&f); err != nil {
		return nil, fmt.Errorf("plan file cannot be read: %w", err)
	}
	for _, p := range f.Plans {
		if err := p.check(); err != nil {
			return nil, fmt.Errorf("plan file is damaged: %w", err)
		}
	}
	return f.Plans, nil
}

// FormatError refuses a plan file of a format that this version does not read.
type FormatError struct{ Have string }

// Error implements error; it tells whether the file is newer than this version.
func (e *FormatError) Error() string {
	text := fmt.Sprintf("plan file has format %q, this version of meshc reads %q", e.Have, Format)
	if e.newer() {
		return text + ": it was written by a newer version of meshc"
	}
	return text
}

// newer tells that the number behind the slash is higher than that of Format.
func (e *FormatError) newer() bool {
	name, version, _ := strings.Cut(e.Have, "/")
	ours, number, _ := strings.Cut(Format, "/")
	have, err1 := strconv.Atoi(version)
	reads, err2 := strconv.Atoi(number)
	return name == ours && err1 == nil && err2 == nil && have > reads
}

// check refuses what apply would stumble over: a step twice, a need that no
// earlier step meets, a write without its change.
func (p *Plan) check() error {
	if p == nil || p.Format != Format {
		return fmt.Errorf("a plan without a format")
	}
	if p.Reconcile != "" && p.Reconcile != mesh.Report && p.Reconcile != mesh.Repair {
		return fmt.Errorf("reconcile is %q: %s or %s", p.Reconcile, mesh.Report, mesh.Repair)
	}
	seen := map[string]bool{}
	for _, s := range p.Steps {
		if s.ID != id(s.Op, s.Addr) || seen[s.ID] {
			return fmt.Errorf("step %q is not unique or not named for what it does", s.ID)
		}
		if _, known := opOrder[s.Op]; !known {
			return fmt.Errorf("step %q has an unknown operation", s.ID)
		}
		if s.Change == nil || s.Change.Addr != s.Addr {
			return fmt.Errorf("step %q does not hold its change", s.ID)
		}
		if err := s.checkChange(); err != nil {
			return err
		}
		for _, n := range s.before() {
			if !seen[n] {
				return fmt.Errorf("step %q needs %q, which does not come before it", s.ID, n)
			}
		}
		seen[s.ID] = true
	}
	return nil
}

// onComponents are the operations that only components know.
var onComponents = map[Op]bool{AwaitRunning: true, Verify: true, Pause: true, Resume: true, Keep: true, AwaitKept: true}

// checkChange refuses a step whose change is not about its address, or does not
// hold what the operation works on.
func (s *Step) checkChange() error {
	for _, r := range []state.Resource{s.Change.Before, s.Change.Between, s.Change.After} {
		if r != nil && r.Addr() != s.Addr {
			return fmt.Errorf("step %q changes %s", s.ID, r.Addr())
		}
	}
	kind, needs := s.Addr.Kind(), s.Change.After
	switch s.Op {
	case Delete:
		needs = s.Change.Before
	case Update:
		if s.Change.Before == nil {
			needs = nil
		}
	case Drain:
		needs = s.Change.Before
		if kind != state.KindSubscription {
			needs = nil
		}
	case Keep, AwaitKept:
		if needs = s.Change.Between; s.Change.Before == nil {
			needs = nil
		}
	case Pause:
		needs = s.Change.Before
	}
	if onComponents[s.Op] && !kind.IsComponent() {
		needs = nil
	}
	if needs == nil {
		return fmt.Errorf("step %q does not hold what it works on", s.ID)
	}
	return nil
}
