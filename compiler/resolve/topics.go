package resolve

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

const persistent = "persistent://"

var (
	entity    = regexp.MustCompile(fields.EntityName)
	partition = regexp.MustCompile(`^(.+)-partition-[0-9]+$`)
)

// topicName gives a topic's full name. The forms are those of Pulsar's
// TopicName, but that a short name lives in the mesh's own namespace.
func (r *resolver) topicName(n *syntax.Node) (full string, ok bool) {
	full, problem, hint := r.canonical(n.Value)
	if problem != "" {
		r.list.Add(diag.BadTopicName, n.Span, problem, hint)
		return "", false
	}
	return full, true
}

// canonical gives the full name, or says what is wrong and what to do.
func (r *resolver) canonical(name string) (full, problem, hint string) {
	const forms = "Write `name`, `tenant/namespace/name` or `persistent://tenant/namespace/name`."
	rest := name
	if scheme, after, found := strings.Cut(name, "://"); found {
		switch scheme {
		case "persistent":
			rest = after
		case "non-persistent":
			return "", fmt.Sprintf("`%s` is not persistent: it keeps no backlog, so a deployment would lose its messages.", name),
				"Use a persistent topic: `" + persistent + after + "`."
		default:
			return "", fmt.Sprintf("`%s` begins with `%s://`, which is no kind of topic.", name, scheme), forms
		}
		if strings.Count(rest, "/") < 2 {
			return "", fmt.Sprintf("`%s` lacks the tenant or the namespace.", name), forms
		}
	}
	parts := strings.Split(rest, "/")
	switch len(parts) {
	case 1:
		parts = []string{r.mesh.Tenant, r.mesh.Namespace, parts[0]}
	case 3:
		for i, what := range []string{"tenant", "namespace"} {
			if !entity.MatchString(parts[i]) {
				return "", fmt.Sprintf("`%s` has `%s` for a %s, which Pulsar does not allow.", name, parts[i], what),
					"Use letters, digits and the characters - = : . _ only."
			}
		}
	case 4:
		return "", fmt.Sprintf("`%s` has four parts, the old form with a cluster name.", name), forms
	default:
		return "", fmt.Sprintf("`%s` has %d parts between slashes.", name, len(parts)), forms
	}
	local := parts[2]
	if strings.TrimSpace(local) == "" {
		return "", fmt.Sprintf("`%s` has an empty name.", name), forms
	}
	if strings.IndexFunc(local, unicode.IsControl) >= 0 || strings.TrimSpace(local) != local {
		return "", fmt.Sprintf("%q holds control characters, or white space at an end.", name), "Remove them."
	}
	if m := partition.FindStringSubmatch(local); m != nil {
		return "", fmt.Sprintf("`%s` names one partition of a topic.", name),
			fmt.Sprintf("Name the whole topic: `%s`.", strings.TrimSuffix(name, local)+m[1])
	}
	return persistent + strings.Join(parts, "/"), "", ""
}

// partitionable refuses what brokers refuse for partitioned topics
// (AdminResource.validatePartitionedTopicName).
func (r *resolver) partitionable(t *mesh.Topic, n *syntax.Node) {
	if strings.Contains(t.Name, "-partition-") {
		r.list.Add(diag.BadTopicName, t.Span, fmt.Sprintf("`%s` is to have partitions, and its name holds `-partition-`, which brokers keep for the names of partitions.", t.Name),
			"Take another name, or remove `partitions`.").Relate(n.Span, "partitions given here")
	}
}
