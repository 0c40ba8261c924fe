package plan

import (
	"github.com/meshc/meshc/planner/state"
)

// CodeFile is a local file that a plan sends.
type CodeFile struct {
	// For is the resource that it is sent for, the first of several.
	For    state.Addr
	Path   string
	SHA256 string
	// Size is in bytes, 0 where the plan does not say.
	Size int64
}

// CodeFiles lists the code files that a plan sends, each once, in the order of the steps.
func (p *Plan) CodeFiles() []CodeFile {
	var out []CodeFile
	seen := map[string]bool{}
	for _, s := range p.Steps {
		if s.Op != Create && s.Op != Update {
			continue
		}
		f := CodeFile{For: s.Addr}
		switch r := s.Change.After.(type) {
		case *state.Package:
			f.Path, f.SHA256, f.Size = r.Path, r.SHA256, r.Size
		case *state.Component:
			if r.Code.Mode == state.ByData && s.sendsCode(r) {
				f.Path, f.SHA256, f.Size = r.Code.Path, r.Code.SHA256, r.Code.Size
			}
		}
		if f.Path != "" && !seen[f.Path+"\x00"+f.SHA256] {
			seen[f.Path+"\x00"+f.SHA256] = true
			out = append(out, f)
		}
	}
	return out
}

// sendsCode tells whether the code of a component goes along with the step.
func (s *Step) sendsCode(after *state.Component) bool {
	before, ok := s.Change.Before.(*state.Component)
	return s.Op == Create || !ok || before.Code.SHA256 != after.Code.SHA256
}

// MoveCode lets the plan take its code files from elsewhere: path gives the place
// of the file with a hash, "" for one that stays where it is.
func (p *Plan) MoveCode(path func(sha256 string) string) {
	moved := map[state.Resource]state.Resource{}
	for _, s := range p.Steps {
		after := s.Change.After
		if to, ok := moved[after]; ok {
			s.Change.After = to
			continue
		}
		switch r := after.(type) {
		case *state.Package:
			if to := path(r.SHA256); to != "" {
				c := *r
				c.Path = to
				s.Change.After = &c
			}
		case *state.Component:
			if to := path(r.Code.SHA256); to != "" && r.Code.Path != "" {
				c := *r
				c.Code.Path = to
				s.Change.After = &c
			}
		default:
			continue
		}
		moved[after], moved[s.Change.After] = s.Change.After, s.Change.After
	}
}
