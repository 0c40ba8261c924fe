package manager

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/record"
)

// meshOf reads the mesh that a path names.
func meshOf(r *http.Request) (mesh.ID, error) {
	id, err := mesh.ParseID(r.PathValue("tenant") + "/" + r.PathValue("namespace") + "/" + r.PathValue("mesh"))
	for _, part := range []string{id.Tenant, id.Namespace, id.Name} {
		if err == nil && !validName(part) {
			err = usage("%q is no name of a tenant, namespace or mesh: letters, digits and -_.:= are taken", part)
		}
	}
	if err != nil {
		return mesh.ID{}, usage("%s", err.Error())
	}
	return id, nil
}

// validName tells names as Pulsar takes them (NamedEntity).
func validName(s string) bool {
	const more = "-=:._"
	return s != "" && s != "." && s != ".." && len(s) <= 255 && strings.IndexFunc(s, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune(more, r))
	}) < 0
}

// orders are what a request says about how it is to be carried out.
type orders struct {
	allow        []plan.RiskKind
	only         []string
	deleteTopics bool
	destroy      bool
	parallelism  int
	waitLimit    time.Duration
	onFailure    apply.OnFailure
	// base is the fingerprint of the live state that the caller has seen a plan for.
	base    string
	version int64
	wait    time.Duration
	reason  record.Reason
}

// maxReason bounds what a caller may have put on record.
const maxReason = 2000

// readOrders reads the query. Unknown keys are mistakes: a misspelt one would be
// passed over in silence.
func readOrders(r *http.Request) (orders, error) {
	var o orders
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return o, usage("the query cannot be read")
	}
	for key, values := range query {
		for _, v := range values {
			if err := o.take(key, v); err != nil {
				return o, err
			}
		}
	}
	return o, nil
}

func (o *orders) take(key, v string) (err error) {
	switch key {
	case "allow":
		for name := range strings.SplitSeq(v, ",") {
			o.allow = append(o.allow, plan.RiskKind(name))
		}
		for _, k := range o.allow {
			if !known(k) {
				return usage("allow: there is no risk %q", string(k))
			}
		}
	case "only":
		o.only = append(o.only, v)
	case "deleteTopics":
		o.deleteTopics, err = strconv.ParseBool(v)
	case "destroy":
		o.destroy, err = strconv.ParseBool(v)
	case "parallelism":
		if o.parallelism, err = strconv.Atoi(v); err == nil && (o.parallelism < 0 || o.parallelism > 1000) {
			return usage("parallelism is %d", o.parallelism)
		}
	case "waitLimit":
		o.waitLimit, err = positive(v)
	case "wait":
		o.wait, err = positive(v)
	case "onFailure":
		if o.onFailure = apply.OnFailure(v); o.onFailure != apply.StopThere && o.onFailure != apply.GoBack {
			return usage("onFailure is %q: %s or %s", v, apply.StopThere, apply.GoBack)
		}
	case "base":
		o.base = v
	case "version":
		if o.version, err = strconv.ParseInt(v, 10, 64); err == nil && o.version < 1 {
			return usage("versions count from 1")
		}
	case "reason":
		o.reason.Text, err = bounded(key, v)
	case "commit":
		o.reason.Commit, err = bounded(key, v)
	case "run":
		o.reason.Run, err = bounded(key, v)
	default:
		return usage("there is no parameter %q", key)
	}
	if err != nil {
		return usage("%s: %v", key, err)
	}
	return nil
}

func known(k plan.RiskKind) bool {
	for _, have := range plan.RiskKinds() {
		if have == k {
			return true
		}
	}
	return false
}

// positive reads a duration such as 90s.
func positive(v string) (time.Duration, error) {
	d, err := time.ParseDuration(v)
	if err == nil && d < 0 {
		return 0, usage("%s is negative", v)
	}
	return d, err
}

func bounded(key, v string) (string, error) {
	if len(v) > maxReason {
		return "", usage("%s is longer than %d bytes", key, maxReason)
	}
	return clean(v), nil
}
