package native

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/planner/state"
)

// WithCodeVerified lets each verification of a component download its code and
// compare it by hash with what was planned. That costs the whole file.
func WithCodeVerified(on bool) Option { return func(b *Backend) { b.verifyCode = on } }

// verifyHash downloads a component's code and compares it with the planned hash.
// Code that meshc has no hash of, builtin or at a URL of others, is passed over. An
// empty answer is what a worker gives whose package is gone: nothing is proven then.
func (b *Backend) verifyHash(ctx context.Context, c *state.Component) error {
	if !b.verifyCode || c.Code.SHA256 == "" {
		return nil
	}
	_, sum, err := b.client.Download(ctx, adminKind(c.Kind), c.Tenant, c.Namespace, c.Name, io.Discard)
	switch {
	case errors.Is(err, admin.ErrEmptyDownload):
		return fmt.Errorf("the code of %s %s cannot be verified, its worker gives none back: %w", c.Kind, c.FullName(), err)
	case err != nil:
		return err
	case sum != c.Code.SHA256:
		return fmt.Errorf("%s %s has other code than was sent: sha256:%s, not sha256:%s", c.Kind, c.FullName(), sum, c.Code.SHA256)
	}
	return nil
}
