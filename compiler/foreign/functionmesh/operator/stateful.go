package operator

import (
	"fmt"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
)

// stateful is the webhook's validateStatefulFunctionConfigs. The definition drops
// what stands under javaProvider.config.
func stateful(p *pass) {
	store := p.get("statefulConfig", "pulsar")
	if store == nil {
		return
	}
	if p.runtime() == "golang" {
		p.report(diag.GoRefused, p.get("statefulConfig"), fmt.Sprintf("The %s is written in Go, and the operator gives no state store to functions in Go.", p), "Remove `statefulConfig`.")
	}
	if url := get(store, "serviceUrl"); url != nil && url.Value == "" {
		p.report(diag.Misfit, url, fmt.Sprintf("The state store of the %s has an empty `serviceUrl`.", p), "Give the URL of the store, such as bk://bookkeeper:4181.")
	}
}

// credentials looks for those that stand in the resource itself, for all to read
// who may read resources.
func credentials(p *pass) {
	for _, block := range []string{"pulsar", "pulsarPackageService"} {
		for _, auth := range []string{"authConfig", "cleanupAuthConfig"} {
			if n := p.get(block, auth, "genericAuth", "clientAuthenticationParameters"); n != nil && n.Value != "" && !strings.HasPrefix(n.Value, "file:") && !strings.HasPrefix(n.Value, "${") {
				p.report(diag.CredentialsShown, n, fmt.Sprintf("`%s.genericAuth` of the %s puts its credentials into the resource, where all who may read resources can read them.", auth, p),
					"Use `oauth2Config`, whose key stays in a Secret, or `authSecret`, or a path to a mounted Secret, such as file:///etc/token.")
			}
		}
	}
}
