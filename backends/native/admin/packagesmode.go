package admin

import (
	"context"
	"errors"
	"strings"
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
// namespace. A superuser sees both switches in the broker's runtime
// configuration. Others see only whether the broker's service answers: 503 is
// no. Whether workers use it then stays unknown, and so it is with dedicated
// workers, whose configuration the broker does not have; see ProbePackages.
//
// GET /admin/v2/brokers/configuration/runtime, GET /admin/v3/packages/function/{tenant}/{namespace}.
// Errors: the server cannot be reached or is not ready. A missing right is no error.
func (c *Client) PackagesMode(ctx context.Context, tenant, namespace string) (PackagesMode, error) {
	config, err := c.RuntimeConfig(ctx)
	if err == nil {
		return PackagesMode{
			Broker:  tri(config["enablePackagesManagement"]),
			Workers: tri(config["functionsWorkerEnablePackageManagement"]),
			Why:     "the broker's runtime configuration",
		}, nil
	}
	if class := Classify(err); class != Unauthorized && class != NotFound {
		return PackagesMode{Broker: NoIdea, Workers: NoIdea}, err
	}
	_, err = c.ListPackages(ctx, "function", tenant, namespace)
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

// ProbePackages finds out whether workers can use package URLs where PackagesMode
// could not: it asks to create a component from a package that is not there,
// which the server always refuses, with one text or the other. Nothing is
// created, but it is a POST, and file storage lists the package "meshc-probe"
// from then on; so it is not for plans. The role needs the permission functions.
// POST /admin/v3/functions/{tenant}/{namespace}/meshc-probe.
func (c *Client) ProbePackages(ctx context.Context, tenant, namespace string) (Tri, error) {
	// The class is in no package, so that not even a package of this name would do.
	err := c.Create(ctx, Functions, tenant, namespace, "meshc-probe", map[string]any{
		"runtime": "JAVA", "className": "meshc.probe.NoSuchClass", "inputs": []string{"meshc-probe"},
	}, Package{URL: "function://" + tenant + "/" + namespace + "/meshc-probe@none"})
	var e *Error
	switch {
	case err == nil:
		return NoIdea, c.Delete(ctx, Functions, tenant, namespace, "meshc-probe")
	case !errors.As(err, &e) || Classify(err) != Refused:
		return NoIdea, err
	case strings.Contains(e.Reason, "HTTP 404 Not Found"):
		return Yes, nil
	case strings.Contains(e.Reason, "Package management service is disabled"):
		return No, nil
	}
	return NoIdea, nil
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
