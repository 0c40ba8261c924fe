package kube

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// Settings say which cluster is meant. All may be empty.
type Settings struct {
	// Kubeconfig is a file; empty means the files of KUBECONFIG, then
	// ~/.kube/config, then the service account of the pod that this runs in.
	Kubeconfig string
	// Context is the name of one of the file's contexts; empty is its current one.
	Context string
	// Namespace is Kubernetes' own; empty is the context's, then "default".
	Namespace string
	// Getenv is asked for KUBECONFIG, HOME and KUBERNETES_SERVICE_HOST.
	Getenv func(string) string
}

// Config is a cluster and who asks it.
type Config struct {
	// Namespace is where objects live that do not say otherwise.
	Namespace string
	// Context is the name of the context; empty inside of a pod.
	Context string
	// Source is the file that the context is from, or "the pod's service account".
	Source string
	// URL is the server's, without credentials.
	URL string
	// Patience is how long a passing failure is waited out; New takes half a minute for 0.
	Patience time.Duration
	// PerPage is how many objects a page of a list has; New takes 5,000 for 0.
	PerPage int

	rest *rest.Config
}

// ConfigError tells why the settings name no cluster.
type ConfigError struct {
	// Source is the file or files that were read.
	Source string
	// Problem is what is wrong with it, Advice what to do.
	Problem, Advice string
	Err             error
}

// Error implements error.
func (e *ConfigError) Error() string {
	text := e.Problem
	if e.Source != "" {
		text = "kubeconfig " + e.Source + ": " + text
	}
	return clean(text)
}

// Unwrap gives the cause.
func (e *ConfigError) Unwrap() error { return e.Err }

// Remedy says what to do.
func (e *ConfigError) Remedy() string { return e.Advice }

const (
	serviceAccount   = "/var/run/secrets/kubernetes.io/serviceaccount"
	whichFile        = "--kubeconfig or KUBECONFIG names the file that kubectl uses"
	defaultNamespace = "default"
)

// Load finds the cluster as kubectl does: by Settings.Kubeconfig, else KUBECONFIG,
// else ~/.kube/config, else the service account of the pod. It connects to nothing.
// Errors are *ConfigError.
func Load(s Settings) (*Config, error) {
	if s.Getenv == nil {
		s.Getenv = os.Getenv
	}
	files := s.files()
	if len(files) == 0 {
		if s.Getenv("KUBERNETES_SERVICE_HOST") != "" && s.Context == "" {
			return s.inPod()
		}
		return nil, &ConfigError{Problem: "which Kubernetes cluster is meant is not said: there is no kubeconfig file", Advice: whichFile}
	}
	source := strings.Join(files, string(filepath.ListSeparator))
	// Of several files in KUBECONFIG, those that are not there do not count.
	if !slices.ContainsFunc(files, exists) {
		return nil, &ConfigError{Source: source, Problem: "there is no such file", Advice: whichFile, Err: fs.ErrNotExist}
	}
	raw, err := (&clientcmd.ClientConfigLoadingRules{Precedence: files}).Load()
	if err != nil {
		return nil, &ConfigError{Source: source, Problem: "cannot be read: " + err.Error(), Advice: whichFile, Err: err}
	}
	return s.fromFile(source, raw)
}

// files are the kubeconfig files to read.
func (s Settings) files() (files []string) {
	if s.Kubeconfig != "" {
		return []string{s.Kubeconfig}
	}
	for _, f := range filepath.SplitList(s.Getenv("KUBECONFIG")) {
		if f != "" && !slices.Contains(files, f) {
			files = append(files, f)
		}
	}
	if len(files) > 0 {
		return files
	}
	home := s.Getenv("HOME")
	if home == "" {
		home, _ = os.UserHomeDir()
	}
	if file := filepath.Join(home, ".kube", "config"); exists(file) {
		return []string{file}
	}
	return nil
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func (s Settings) fromFile(source string, raw *api.Config) (*Config, error) {
	fail := func(advice, format string, args ...any) (*Config, error) {
		return nil, &ConfigError{Source: source, Problem: fmt.Sprintf(format, args...), Advice: advice}
	}
	name := s.Context
	if name == "" {
		name = raw.CurrentContext
	}
	known := strings.Join(slices.Sorted(maps.Keys(raw.Contexts)), ", ")
	switch {
	case name == "" && known == "":
		return fail(whichFile, "it has no contexts")
	case name == "":
		return fail("--kube-context names one of them", "it has no current context; its contexts are: %s", known)
	}
	context := raw.Contexts[name]
	if context == nil {
		if known == "" {
			known = "none"
		}
		return fail("--kube-context names one of them", "there is no context %q; its contexts are: %s", name, known)
	}
	if context.Cluster == "" || raw.Clusters[context.Cluster] == nil {
		return fail("kubectl config get-clusters lists those that it has", "context %q names the cluster %q, which is not there", name, context.Cluster)
	}
	if context.AuthInfo != "" && raw.AuthInfos[context.AuthInfo] == nil {
		return fail("kubectl config get-users lists those that it has", "context %q names the user %q, which is not there", name, context.AuthInfo)
	}
	conf, err := clientcmd.NewNonInteractiveClientConfig(*raw, name, &clientcmd.ConfigOverrides{}, nil).ClientConfig()
	if err != nil {
		return nil, &ConfigError{Source: source, Problem: fmt.Sprintf("context %q cannot be used: %v", name, err), Advice: "kubectl --context " + name + " version shows whether kubectl can use it", Err: err}
	}
	c := &Config{Context: name, Source: source, Namespace: context.Namespace, rest: conf}
	return c.complete(s)
}

// inPod is for meshc inside of the cluster, as a step of a pipeline that runs there.
func (s Settings) inPod() (*Config, error) {
	conf, err := rest.InClusterConfig()
	if err != nil {
		return nil, &ConfigError{Problem: "this pod's service account cannot be used: " + err.Error(), Advice: "automountServiceAccountToken of the pod must not be false; or " + whichFile, Err: err}
	}
	c := &Config{Source: "the pod's service account", rest: conf}
	if name, err := os.ReadFile(filepath.Join(serviceAccount, "namespace")); err == nil {
		c.Namespace = strings.TrimSpace(string(name))
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, &ConfigError{Problem: "the pod's namespace cannot be read: " + err.Error(), Advice: "--kube-namespace names it", Err: err}
	}
	return c.complete(s)
}

func (c *Config) complete(s Settings) (*Config, error) {
	if s.Namespace != "" {
		c.Namespace = s.Namespace
	}
	if c.Namespace == "" {
		c.Namespace = defaultNamespace
	}
	base, _, err := rest.DefaultServerUrlFor(c.rest)
	if err != nil {
		return nil, &ConfigError{Source: c.Source, Problem: fmt.Sprintf("context %q has no usable server address: %v", c.Context, err), Advice: "kubectl config view shows it", Err: err}
	}
	c.URL = plainURL(base)
	c.rest.UserAgent = "meshc"
	// Only the limit that client-go's clients keep; requests of this package are bounded
	// by who makes them.
	c.rest.QPS, c.rest.Burst = -1, 0
	return c, nil
}

// plainURL is a URL without what may be secret.
func plainURL(u *url.URL) string {
	plain := url.URL{Scheme: u.Scheme, Host: u.Host, Path: strings.TrimSuffix(u.Path, "/")}
	return plain.String()
}
