package move

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/meshc/meshc/internal/testserver/k8s"
	"github.com/meshc/meshc/internal/testserver/k8s/operator"
	"github.com/meshc/meshc/internal/testserver/pulsar"
)

// downloads gets the code of pods from where their resources say it is, as containers
// do before their command.
type downloads struct {
	t         *testing.T
	cluster   *k8s.Server
	pulsar    *pulsar.Server
	namespace string
}

// code is containers.Runner.Code.
func (d downloads) code(p operator.Pod) (string, error) {
	location, _, err := d.cluster.Kubectl(d.t.Context(), nil, "-n", d.namespace, "get", p.Kind+"s.compute.functionmesh.io", p.Component, "-o", "jsonpath={.spec.java.jarLocation}")
	if err != nil {
		return "", err
	}
	kind, rest, ok := strings.Cut(string(location), "://")
	if !ok {
		return "", fmt.Errorf("%q is no package", location)
	}
	url := d.pulsar.AdminURL + "/admin/v3/packages/" + kind + "/" + strings.ReplaceAll(rest, "@", "/")
	req, err := http.NewRequestWithContext(d.t.Context(), http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s: %s", url, resp.Status)
	}
	f, err := os.Create(filepath.Join(d.t.TempDir(), "code.jar"))
	if err != nil {
		return "", err
	}
	_, err = io.Copy(f, resp.Body)
	return f.Name(), errors.Join(err, f.Close())
}
