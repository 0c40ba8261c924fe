package admin

import (
	"context"
	"errors"
)

// Tri is yes, no, or not known.
type Tri string

// The values of Tri.
const (
	Yes    Tri = "yes"
	No     Tri = "no"
	NoIdea Tri = "unknown"
)

// PackagesMode says whether components can be deployed by package URL.
type PackagesMode struct {
	// Broker tells whether the broker keeps packages (enablePackagesManagement).
	Broker Tri
	// Workers tells whether function workers fetch them
	// (functionsWorkerEnablePackageManagement).
	Workers Tri
	// Why is how it was found out, or why not, for a message.
	Why string
}

// Usable is Yes if both are, No if one is not, else NoIdea.
func (m PackagesMode) Usable() Tri {
	switch {
	case m.Broker == No || m.Workers == No:
		return No
	case m.Broker == Yes && m.Workers == Yes:
		return Yes
	}
	return NoIdea
}

// PackagesMode finds out, with GETs only, whether package URLs can be used in a
// namespace. The runtime configuration of the broker tells both switches, but
// only to a superuser; config is nil for others, and they see only whether the
// broker's service answers: 503 is no. Whether workers use it then stays unknown,
// and so it is with dedicated workers, whose configuration the broker does not have.
//
// GET /admin/v3/packages/function/{tenant}/{namespace}.
// Errors: the server cannot be reached or is not ready. A missing right is no error.
func (c *Client) PackagesMode(ctx context.Context, config RuntimeConfig, tenant, namespace string) (PackagesMode, error) {
	if config != nil {
		return PackagesMode{
			Broker:  tri(config["enablePackagesManagement"]),
			Workers: tri(config["functionsWorkerEnablePackageManagement"]),
			Why:     "the broker's runtime configuration",
		}, nil
	}
	_, err := c.ListPackages(ctx, "function", tenant, namespace)
	switch {
	case errors.Is(err, ErrPackagesOff):
		return PackagesMode{Broker: No, Workers: NoIdea, Why: "the package service answers that it is off"}, nil
	case err == nil:
		return PackagesMode{Broker: Yes, Workers: NoIdea, Why: "the package service answers; only a superuser can see whether workers use it"}, nil
	case Classify(err) == Unauthorized, Classify(err) == NotFound:
		return PackagesMode{Broker: NoIdea, Workers: NoIdea, Why: "the role may neither see the broker's configuration nor use the package service"}, nil
	}
	return PackagesMode{Broker: NoIdea, Workers: NoIdea}, err
}

func tri(value string) Tri {
	switch value {
	case "true":
		return Yes
	case "false":
		return No
	}
	return NoIdea
}
