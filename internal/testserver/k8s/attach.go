package k8s

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"
)

// Attach returns the running server that a kubeconfig which [Start] wrote names (a
// value of [AttachEnv]). It is an error when nothing answers there. The server is not
// this process's own: Stop, Kill and KillAPI do nothing to it, Restart is an error.
func Attach(ctx context.Context, path string) (*Server, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("k8s: %w; start a server with go run ./test/k8sserver, or unset %s", err, AttachEnv)
	}
	var k kubeconfig
	if err := json.Unmarshal(data, &k); err != nil || len(k.Clusters) != 1 || len(k.Users) != 1 {
		return nil, fmt.Errorf("k8s: %s is not a kubeconfig of a test server (%w); unset %s, or set it to what go run ./test/k8sserver prints", path, err, AttachEnv)
	}
	cluster := k.Clusters[0].Cluster
	s := &Server{URL: cluster.Server, Kubeconfig: path}
	s.rest = rest{url: s.URL, token: k.Users[0].User.Token}
	if s.rest.client, err = newClient(cluster.CA); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := s.readVersion(ctx); err != nil {
		return nil, fmt.Errorf("k8s: no server answers at %s: %w; start it, or unset %s", s.URL, err, AttachEnv)
	}
	return s, nil
}
