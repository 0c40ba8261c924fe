package operator

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
)

// MaxName is how long the name of a resource may be, so that the names of all that
// the operator makes of it fit: `-function` and the hash of a StatefulSet's revision
// follow, in a label of 63 characters (webhook, "no more than 43 characters").
const MaxName = 43

var (
	// label1035 is what services are named by (RFC 1035), and so resources.
	label1035 = regexp.MustCompile(`^[a-z]([-a-z0-9]*[a-z0-9])?$`)
	label1123 = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)
	subdomain = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)
	dataKey   = regexp.MustCompile(`^[-._a-zA-Z0-9]+$`)
	variable  = regexp.MustCompile(`^[-._a-zA-Z][-._a-zA-Z0-9]*$`)
	qualified = regexp.MustCompile(`^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$`)
)

// BadName says what is wrong with the name of a resource; empty for a good one.
func BadName(name string) string {
	switch {
	case len(name) > MaxName:
		return fmt.Sprintf("has %d characters; the operator takes %d at most", len(name), MaxName)
	case !label1035.MatchString(name):
		return "is not what services can be named by: lower-case letters, digits and dashes, with a letter in front and no dash at the end"
	}
	return ""
}

// BadNamespace tells that Kubernetes takes no namespace of that name.
func BadNamespace(name string) bool { return len(name) > 63 || !label1123.MatchString(name) }

// Labels reports what Kubernetes does not take as labels, or as annotations, whose
// values may be anything. what names them in sentences.
func Labels(what string, n *syntax.Node, values bool) diag.List {
	var list diag.List
	for _, p := range pairs(n) {
		if !qualifiedName(p.Key.Value) {
			list.Add(diag.KubernetesName, p.Key.Span, fmt.Sprintf("`%s` cannot be a key of %s.", p.Key.Shown(), what),
				"A key is a name of up to 63 letters, digits, `-`, `_` and `.`, with a domain and a slash in front if need be.")
		}
		if v := p.Value; values && v.IsText() && v.Value != "" && (len(v.Value) > 63 || !qualified.MatchString(v.Value)) {
			list.Add(diag.KubernetesName, v.Span, fmt.Sprintf("`%s` cannot be the value of a label.", v.Shown()),
				"A value has up to 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends. Annotations take any text.")
		}
	}
	return list
}

func qualifiedName(s string) bool {
	domain, name, prefixed := strings.Cut(s, "/")
	if !prefixed {
		domain, name = "", s
	}
	if prefixed && (len(domain) > 253 || !subdomain.MatchString(domain)) {
		return false
	}
	return len(name) <= 63 && qualified.MatchString(name)
}

// names looks at the names of what the resource refers to: where one cannot be, the
// operator's pods never start.
func names(p *pass) {
	for _, block := range []string{"pulsar", "pulsarPackageService"} {
		b := p.get(block)
		p.object(b, "pulsarConfig", "ConfigMap")
		p.object(b, "authSecret", "Secret")
		p.object(b, "tlsSecret", "Secret")
		p.object(get(b, "tlsConfig"), "certSecretName", "Secret")
		p.key(get(b, "tlsConfig"), "certSecretKey")
		for _, auth := range []string{"authConfig", "cleanupAuthConfig"} {
			p.object(get(b, auth, "oauth2Config"), "keySecretName", "Secret")
			p.key(get(b, auth, "oauth2Config"), "keySecretKey")
		}
	}
	for _, pair := range pairs(p.get("secretsMap")) {
		if !variable.MatchString(pair.Key.Value) {
			p.report(diag.KubernetesName, pair.Key, fmt.Sprintf("The secret `%s` of the %s becomes an environment variable, which cannot have that name.", pair.Key.Shown(), p), "Name it by letters, digits and `_`.")
		}
		p.object(pair.Value, "path", "Secret")
		p.key(pair.Value, "key")
	}
	for _, spec := range pairs(p.get("input", "sourceSpecs")) {
		p.cryptoSecrets(get(spec.Value, "cryptoConfig"))
	}
	p.cryptoSecrets(p.get("output", "producerConf", "cryptoConfig"))
	if r := p.runtime(); r != "" {
		p.object(p.get(r, "log", "logConfig"), "name", "ConfigMap")
		p.key(p.get(r, "log", "logConfig"), "key")
	}
	p.object(p.get("pod"), "serviceAccountName", "ServiceAccount")
	for _, secret := range items(p.get("pod", "imagePullSecrets")) {
		p.object(secret, "name", "Secret")
	}
	for _, key := range []string{"labels", "nodeSelector"} {
		*p.list = append(*p.list, Labels("`pod."+key+"`", p.get("pod", key), true)...)
	}
	*p.list = append(*p.list, Labels("`pod.annotations`", p.get("pod", "annotations"), false)...)
	for _, env := range items(p.get("pod", "env")) {
		if n := get(env, "name"); n != nil && !variable.MatchString(n.Value) {
			p.report(diag.KubernetesName, n, fmt.Sprintf("No environment variable can be named `%s`.", n.Shown()), "Name it by letters, digits and `_`.")
		}
	}
}

func (p *pass) cryptoSecrets(crypto *syntax.Node) {
	for _, s := range items(get(crypto, "cryptoSecrets")) {
		p.object(s, "secretName", "Secret")
		p.key(s, "secretKey")
	}
}

// object checks a reference to an object of Kubernetes.
func (p *pass) object(in *syntax.Node, field, kind string) {
	if n := get(in, field); n != nil && n.IsText() && (len(n.Value) > 253 || !subdomain.MatchString(n.Value)) {
		p.report(diag.KubernetesName, n, fmt.Sprintf("No %s can be named `%s` (`%s` of the %s).", kind, n.Shown(), field, p),
			"Names have lower-case letters, digits, dashes and points.")
	}
}

// key checks a key of a ConfigMap or Secret.
func (p *pass) key(in *syntax.Node, field string) {
	if n := get(in, field); n != nil && n.IsText() && (len(n.Value) > 253 || !dataKey.MatchString(n.Value)) {
		p.report(diag.KubernetesName, n, fmt.Sprintf("No key of a ConfigMap or Secret can be `%s` (`%s` of the %s).", n.Shown(), field, p),
			"Keys have letters, digits, `-`, `_` and `.`.")
	}
}

// volumes looks whether what is mounted is there: Kubernetes refuses pods where it
// is not, which only the operator's log tells.
func volumes(p *pass) {
	known := map[string]bool{}
	var all []string
	add := func(n *syntax.Node) {
		if n == nil {
			return
		}
		if len(n.Value) > 63 || !label1123.MatchString(n.Value) {
			p.report(diag.KubernetesName, n, fmt.Sprintf("No volume can be named `%s`.", n.Shown()), "Names of volumes have up to 63 lower-case letters, digits and dashes.")
		}
		known[n.Value] = true
		all = append(all, n.Value)
	}
	for _, v := range items(p.get("pod", "volumes")) {
		add(get(v, "name"))
	}
	for _, v := range items(p.get("volumeClaimTemplates")) {
		add(get(v, "metadata", "name"))
	}
	// Those of sidecars may be the operator's own, for keys and downloads.
	for _, m := range items(p.get("volumeMounts")) {
		if n := get(m, "name"); n != nil && !known[n.Value] {
			p.report(diag.Misfit, n, fmt.Sprintf("The %s mounts `%s`, and neither `pod.volumes` nor `volumeClaimTemplates` has a volume of that name.", p, n.Shown()),
				near(n.Value, all, "Add the volume under `kubernetes.pod.volumes`."))
		}
	}
}
