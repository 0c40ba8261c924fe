package admin

import (
	"context"
	"fmt"
	"strconv"
)

const superuser = "to be a superuser"

// LeaderReady returns nil once the function workers have a leader that takes
// writes. GET /admin/v2/worker/cluster/leader/ready. While they start the class
// is Starting; a broker without workers is Refused. Only the leader itself says
// yes: where several workers share an address, Starting may mean that another
// one was asked, and Leader tells whether there is one.
func (c *Client) LeaderReady(ctx context.Context) error {
	k := get("admin", "v2", "worker", "cluster", "leader", "ready").needing(superuser)
	answer, err := c.text(ctx, k)
	if err != nil {
		return err
	}
	if answer != "true" {
		return &Error{Status: 503, Method: k.method, Path: "/admin/v2/worker/cluster/leader/ready", Reason: "Leader not yet ready"}
	}
	return nil
}

// Worker is one function worker.
type Worker struct {
	ID   string `json:"workerId"`
	Host string `json:"workerHostname"`
	Port int    `json:"port"`
}

// Cluster lists the function workers. GET /admin/v2/worker/cluster.
func (c *Client) Cluster(ctx context.Context) ([]Worker, error) {
	var workers []Worker
	return workers, c.read(ctx, get("admin", "v2", "worker", "cluster").needing(superuser), &workers)
}

// Leader returns the worker that leads, with an empty ID while there is none.
// GET /admin/v2/worker/cluster/leader.
func (c *Client) Leader(ctx context.Context) (Worker, error) {
	var w Worker
	return w, c.read(ctx, get("admin", "v2", "worker", "cluster", "leader").needing(superuser), &w)
}

// RuntimeConfig is the configuration that a broker runs with, all values as text.
type RuntimeConfig map[string]string

// HTTPThreads returns numHttpServerThreads, 0 if the broker does not tell it. A
// broker that is not told the number takes the larger of 8 and twice its cores.
func (r RuntimeConfig) HTTPThreads() int {
	n, err := strconv.Atoi(r["numHttpServerThreads"])
	if err != nil {
		return 0
	}
	return n
}

// RuntimeConfig returns the configuration of the broker that answers. Only a
// superuser may see it. GET /admin/v2/brokers/configuration/runtime.
func (c *Client) RuntimeConfig(ctx context.Context) (RuntimeConfig, error) {
	raw := map[string]any{}
	if err := c.read(ctx, get("admin", "v2", "brokers", "configuration", "runtime").needing(superuser), &raw); err != nil {
		return nil, err
	}
	config := RuntimeConfig{}
	for key, value := range raw {
		if value != nil {
			config[key] = fmt.Sprint(value)
		}
	}
	return config, nil
}

// Clusters lists the names of the clusters that the instance knows, its own
// among them. GET /admin/v2/clusters, which needs no right.
func (c *Client) Clusters(ctx context.Context) ([]string, error) {
	var names []string
	return names, c.read(ctx, get("admin", "v2", "clusters"), &names)
}

// BrokerVersion returns the version such as "4.0.8".
// GET /admin/v2/brokers/version, which needs no right.
func (c *Client) BrokerVersion(ctx context.Context) (string, error) {
	return c.text(ctx, get("admin", "v2", "brokers", "version"))
}
