package admin

import (
	"context"
	"errors"
	"net/http"
	"strings"
)

// noStateStore is how a worker without a state store begins its answer.
const noStateStore = "State storage client is not done initializing"

// HasStateStore tells whether functions can keep state in this cluster. It asks
// for a key of a function that exists: without a state store the answer is 503
// "State storage client is not done initializing", with one it is 404 or a value.
// GET /admin/v3/functions/{tenant}/{namespace}/{name}/state/{key}.
func (c *Client) HasStateStore(ctx context.Context, tenant, namespace, name string) (bool, error) {
	var value map[string]any
	err := c.read(ctx, get(Functions.path(tenant, namespace, name, "state", "meshc")...).needing(Functions.needs(tenant, namespace)), &value)
	var e *Error
	switch {
	case err == nil, errors.Is(err, ErrNotFound):
		return true, nil
	case errors.As(err, &e) && e.Status == http.StatusServiceUnavailable && strings.Contains(e.Reason, noStateStore):
		// A worker that is still starting answers 503 as well, and means something else.
		return false, nil
	default:
		return false, err
	}
}
