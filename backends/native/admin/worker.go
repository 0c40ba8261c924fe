package admin

import (
	"context"
	"fmt"
	"strconv"
)

const superuser = "to be a superuser"

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
