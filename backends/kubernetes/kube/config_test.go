package kube_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/backends/kubernetes/kube"
)

const twoContexts = `
apiVersion: v1
kind: Config
current-context: prod
clusters:
- {name: far, cluster: {server: "https://alice:secret@far.example:6443/k8s/"}}
- {name: near, cluster: {server: "http://127.0.0.1:8001"}}
users:
- {name: alice, user: {token: abc}}
contexts:
- {name: prod, context: {cluster: far, user: alice, namespace: pulsar}}
- {name: dev, context: {cluster: near, user: alice}}
- {name: lost, context: {cluster: gone, user: alice}}
- {name: nobody, context: {cluster: near, user: gone}}
`

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func env(pairs ...string) func(string) string {
	return func(key string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == key {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestLoadFindsTheClusterAsKubectlDoes(t *testing.T) {
	file := write(t, "config", twoContexts)
	inHome := write(t, ".kube/config", twoContexts)
	home := filepath.Dir(filepath.Dir(inHome))
	onlyDev := write(t, "second", "current-context: dev\n")
	prod := kube.Config{Namespace: "pulsar", Context: "prod", Source: file, URL: "https://far.example:6443/k8s"}
	dev := kube.Config{Namespace: "default", Context: "dev", Source: file, URL: "http://127.0.0.1:8001"}
	with := func(c kube.Config, change func(*kube.Config)) kube.Config { change(&c); return c }
	both := onlyDev + string(filepath.ListSeparator) + file
	for name, c := range map[string]struct {
		s    kube.Settings
		want kube.Config
	}{
		"by flag":              {kube.Settings{Kubeconfig: file, Getenv: env("KUBECONFIG", "/nowhere")}, prod},
		"by flag, context":     {kube.Settings{Kubeconfig: file, Context: "dev"}, dev},
		"by flag, namespace":   {kube.Settings{Kubeconfig: file, Namespace: "mine"}, with(prod, func(c *kube.Config) { c.Namespace = "mine" })},
		"by KUBECONFIG":        {kube.Settings{Getenv: env("KUBECONFIG", file, "HOME", home)}, prod},
		"first of two decides": {kube.Settings{Getenv: env("KUBECONFIG", both)}, with(dev, func(c *kube.Config) { c.Source = both })},
		"in home":              {kube.Settings{Getenv: env("HOME", home, "KUBERNETES_SERVICE_HOST", "10.0.0.1")}, with(prod, func(c *kube.Config) { c.Source = inHome })},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := kube.Load(c.s)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, *got, cmp.FilterPath(func(p cmp.Path) bool { return p.String() == "rest" }, cmp.Ignore())); diff != "" {
				t.Error(diff)
			}
			if _, err := kube.New(got); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestLoadTellsWhatIsMissing(t *testing.T) {
	file := write(t, "config", twoContexts)
	broken := write(t, "broken", "clusters: [")
	empty := write(t, "empty", "")
	undecided := write(t, "undecided", strings.Replace(twoContexts, "current-context: prod", "", 1))
	nowhere := filepath.Join(t.TempDir(), "none")
	for name, c := range map[string]struct {
		s            kube.Settings
		says, remedy string
	}{
		"nothing at all":    {kube.Settings{Getenv: env("HOME", t.TempDir())}, "which Kubernetes cluster is meant is not said", "--kubeconfig"},
		"no such file":      {kube.Settings{Kubeconfig: nowhere}, "kubeconfig " + nowhere + ": there is no such file", "--kubeconfig"},
		"none of the files": {kube.Settings{Getenv: env("KUBECONFIG", nowhere+string(filepath.ListSeparator)+nowhere+"2")}, "there is no such file", "KUBECONFIG"},
		"no YAML":           {kube.Settings{Kubeconfig: broken}, "kubeconfig " + broken + ": cannot be read", "--kubeconfig"},
		"empty":             {kube.Settings{Kubeconfig: empty}, "it has no contexts", "--kubeconfig"},
		"no current":        {kube.Settings{Kubeconfig: undecided}, "no current context; its contexts are: dev, lost, nobody, prod", "--kube-context"},
		"unknown context":   {kube.Settings{Kubeconfig: file, Context: "prd"}, `there is no context "prd"; its contexts are: dev, lost, nobody, prod`, "--kube-context"},
		"unknown cluster":   {kube.Settings{Kubeconfig: file, Context: "lost"}, `context "lost" names the cluster "gone", which is not there`, "get-clusters"},
		"unknown user":      {kube.Settings{Kubeconfig: file, Context: "nobody"}, `context "nobody" names the user "gone", which is not there`, "get-users"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := kube.Load(c.s)
			var bad *kube.ConfigError
			if !errors.As(err, &bad) {
				t.Fatalf("the error is %v", err)
			}
			if !strings.Contains(bad.Error(), c.says) || !strings.Contains(bad.Remedy(), c.remedy) {
				t.Errorf("the error is %q with the remedy %q", bad, bad.Remedy())
			}
			if (name == "no such file") != errors.Is(err, fs.ErrNotExist) && name != "none of the files" {
				t.Errorf("%v: is it a file that is not there?", err)
			}
		})
	}
}

// TestNewTellsOfCertificates: they are read when the client is made.
func TestNewTellsOfCertificates(t *testing.T) {
	file := write(t, "config", strings.Replace(twoContexts, `server: "https:`, `certificate-authority: /nowhere/ca.crt, server: "https:`, 1))
	conf, err := kube.Load(kube.Settings{Kubeconfig: file})
	if err == nil {
		_, err = kube.New(conf)
	}
	if err == nil || !strings.Contains(err.Error(), "/nowhere/ca.crt") || !strings.Contains(err.Error(), file) {
		t.Errorf("the error is %v", err)
	}
}
