package k8s

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const tokensFile = "tokens.csv"

// writeKeys writes the key of service accounts and a token for each user, and makes
// the administrator's the server's own.
func (s *Server) writeKeys() error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}
	if err := os.WriteFile(s.path("sa.key"), pem.EncodeToMemory(block), 0o600); err != nil {
		return err
	}
	tokens := map[string]string{}
	var lines strings.Builder
	for _, user := range append([]string{Admin}, Users()...) {
		tokens[user] = rand.Text()
		groups := ""
		if user == Admin {
			groups = `,"system:masters"`
		}
		fmt.Fprintf(&lines, "%s,%s,%s%s\n", tokens[user], user, user, groups)
	}
	s.Kubeconfig = s.path(kubeconfigName(Admin))
	s.rest = rest{url: s.URL, token: tokens[Admin]}
	s.rest.tokens = tokens
	return os.WriteFile(s.path(tokensFile), []byte(lines.String()), 0o600)
}

// trust reads the certificate that the API server makes at its first start, and
// writes the kubeconfig of each user. After that it does nothing.
func (s *Server) trust() error {
	if s.rest.client != nil {
		return nil
	}
	ca, err := os.ReadFile(s.path("certs", "apiserver.crt"))
	if err != nil {
		return err
	}
	client, err := newClient(ca)
	if err != nil {
		return err // half written
	}
	for user, token := range s.rest.tokens {
		if err := writeKubeconfig(s.path(kubeconfigName(user)), s.URL, user, token, ca); err != nil {
			return err
		}
	}
	s.rest.client = client
	return nil
}

func kubeconfigName(user string) string { return user + ".kubeconfig" }

// KubeconfigFor returns the path of the kubeconfig of a user: [Admin] or one of [Users].
func (s *Server) KubeconfigFor(user string) (string, error) {
	if user != Admin && !slices.Contains(Users(), user) {
		return "", fmt.Errorf("k8s: no user %q; there are %s and %s", user, Admin, strings.Join(Users(), ", "))
	}
	path := filepath.Join(filepath.Dir(s.Kubeconfig), kubeconfigName(user))
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("k8s: %s is not there; the server was not started by this package", path)
	}
	return path, nil
}

// kubeconfig is the part of a kubeconfig that is used here. It is written as JSON,
// which is YAML too.
type kubeconfig struct {
	APIVersion     string         `json:"apiVersion"`
	Kind           string         `json:"kind"`
	CurrentContext string         `json:"current-context"`
	Clusters       []namedCluster `json:"clusters"`
	Contexts       []namedContext `json:"contexts"`
	Users          []namedUser    `json:"users"`
}

type namedCluster struct {
	Name    string `json:"name"`
	Cluster struct {
		Server string `json:"server"`
		CA     []byte `json:"certificate-authority-data"` // base64 in both forms
	} `json:"cluster"`
}

type namedContext struct {
	Name    string `json:"name"`
	Context struct {
		Cluster string `json:"cluster"`
		User    string `json:"user"`
	} `json:"context"`
}

type namedUser struct {
	Name string `json:"name"`
	User struct {
		Token string `json:"token"`
	} `json:"user"`
}

func writeKubeconfig(path, url, user, token string, ca []byte) error {
	const cluster = "meshc-test"
	k := kubeconfig{
		APIVersion: "v1", Kind: "Config", CurrentContext: user,
		Clusters: make([]namedCluster, 1), Contexts: make([]namedContext, 1), Users: make([]namedUser, 1),
	}
	k.Clusters[0].Name, k.Clusters[0].Cluster.Server, k.Clusters[0].Cluster.CA = cluster, url, ca
	k.Contexts[0].Name, k.Contexts[0].Context.Cluster, k.Contexts[0].Context.User = user, cluster, user
	k.Users[0].Name, k.Users[0].User.Token = user, token
	data, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o600)
}
