package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/compiler/load"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/human"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/record"
)

// runVersion shows one version of a mesh, as it is on record.
func (o *getOptions) runVersion(ctx context.Context) error {
	id, b, s, err := o.f.onRecord(ctx, &o.target, &o.connect, o.args, o.output)
	if err != nil {
		return err
	}
	defer s.Close()
	h, err := planner.FindVersion(ctx, s, id, o.version)
	if err != nil {
		return versionFailure(err)
	}
	body, err := s.Body(ctx, h)
	if err != nil {
		return versionFailure(bodyFailure(h, err))
	}
	if o.output == "yaml" {
		return o.source(h, body)
	}
	ended := true
	if newest, err := s.Head(ctx, id); err == nil && newest.Version == h.Version && newest.Outcome == record.Running {
		ended = !inTheAir(ctx, b, id, h)
	}
	doc := view.NewOneVersion(view.NewRecord(h, ended), h, body)
	return o.f.show(o.output, doc, func(s human.Style) string { return human.OneVersion(s, doc) })
}

// source prints the mesh file of a version as it was.
func (o *getOptions) source(h record.Head, body *record.Body) error {
	if len(body.Sources) == 0 {
		return fmt.Errorf("version %d of %s has no mesh file on record", h.Version, h.Mesh)
	}
	if more := body.Sources[1:]; len(more) > 0 {
		var names []string
		for _, source := range more {
			names = append(names, view.Clean(source.Name))
		}
		what := "overlays"
		if more[len(more)-1].Name == load.SetFile {
			what = "overlays and values"
		}
		o.f.say("meshc: note: %s came on top of this file: %s; -o json has their texts", what, strings.Join(names, ", "))
	}
	first := body.Sources[0]
	if places := maskedPlaces(first.Text); len(places) > 0 {
		name := filepath.Base(view.Clean(first.Name))
		o.f.say("meshc: note: secrets of it are not on record; put them in at %s:%s", name, strings.Join(places, ", "+name+":"))
	}
	return o.f.result(view.CleanText(first.Text))
}

// starred finds what stood in the place of secrets once: stars, as many as they had characters.
var starred = regexp.MustCompile(`\*{4,}`)

// maskedPlaces gives the lines of a mesh file on record that a secret was taken out of.
func maskedPlaces(text string) []string {
	var out []string
	for i, line := range strings.Split(text, "\n") {
		if strings.Contains(line, compiler.MaskedSecret) || starred.MatchString(line) {
			out = append(out, strconv.Itoa(i+1))
		}
	}
	return out
}

// bodyFailure names the version whose body a store could not give.
func bodyFailure(h record.Head, err error) error {
	return fmt.Errorf("version %d of %s: what it was made of is %w", h.Version, h.Mesh, err)
}

// versionFailure says what to do where a version is not there.
func versionFailure(err error) error {
	var none *planner.NoVersionError
	if errors.As(err, &none) {
		if none.Newest == 0 {
			return &RemedyError{Err: err, Remedy: "meshc list --all shows which meshes are on record"}
		}
		return &RemedyError{Err: err, Remedy: "meshc history " + quoted(none.Mesh) + " shows which versions there are"}
	}
	if errors.Is(err, record.ErrGone) {
		return &RemedyError{Err: err, Remedy: "deploy the mesh file of that time, from its repository: meshc history shows the commit"}
	}
	return recordFailure(err)
}
