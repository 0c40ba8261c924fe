package k8s

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"regexp"
	"strings"

	"github.com/meshc/meshc/internal/testserver/k8s/crds"
)

const crdPath = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/"

var nameOfCRD = regexp.MustCompile(`(?m)^  name: (\S+)$`)

// installCRDs installs the definitions at the first start only: a test may have
// changed them before a restart.
func (s *Server) installCRDs(ctx context.Context) error {
	if s.installed {
		return nil
	}
	var from fs.FS = crds.Files
	if s.opts.CRDs != "" {
		from = os.DirFS(s.opts.CRDs)
	}
	if err := s.InstallCRDs(ctx, from); err != nil {
		return err
	}
	s.installed = true
	return nil
}

// InstallCRDs applies the custom resource definitions in the files *.yaml of a folder,
// one a file, and returns when the server serves them. What is there already is
// changed to what the files say.
func (s *Server) InstallCRDs(ctx context.Context, from fs.FS) error {
	files, err := fs.Glob(from, "*.yaml")
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return errors.New("k8s: the folder of custom resource definitions has no *.yaml")
	}
	var names []string
	for _, file := range files {
		data, err := fs.ReadFile(from, file)
		if err != nil {
			return err
		}
		name := nameOfCRD.FindSubmatch(data)
		if name == nil {
			return fmt.Errorf("k8s: %s: no metadata.name", file)
		}
		path := crdPath + string(name[1]) + "?fieldManager=k8stest&force=true"
		if _, err := s.Call(ctx, http.MethodPatch, path, "application/apply-patch+yaml", data); err != nil {
			return fmt.Errorf("k8s: %s: %w", file, err)
		}
		names = append(names, string(name[1]))
	}
	for _, name := range names {
		if err := s.await(ctx, func() error { return s.served(ctx, name) }); err != nil {
			return err
		}
	}
	return nil
}

// served asks whether the definition is established and its resources can be listed.
func (s *Server) served(ctx context.Context, name string) error {
	body, err := s.Call(ctx, http.MethodGet, crdPath+name, "", nil)
	if err != nil {
		return err
	}
	var crd struct {
		Spec struct {
			Versions []struct{ Name string }
		}
		Status struct {
			Conditions []struct{ Type, Status string }
		}
	}
	if err := json.Unmarshal(body, &crd); err != nil {
		return err
	}
	for _, c := range crd.Status.Conditions {
		if c.Type == "Established" && c.Status == "True" && len(crd.Spec.Versions) > 0 {
			plural, group, _ := strings.Cut(name, ".")
			_, err := s.Call(ctx, http.MethodGet, "/apis/"+group+"/"+crd.Spec.Versions[0].Name+"/"+plural+"?limit=1", "", nil)
			return err
		}
	}
	return fmt.Errorf("%s is not established", name)
}
