package auth

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/meshc/meshc/test/harness"
)

// Who may send a request, beside single permissions and administrator.
const (
	anyone    = "any role that the server knows"
	superuser = "superuser"
)

// request is what meshc sends, with the right that it takes. The paths stand for
// themselves in a namespace that has the topics in, mid and out; what is written
// to is there already, or is not there to be deleted, so that nothing changes.
type request struct {
	method, path, right, use string
}

var requests = []request{
	{"GET", "v2/clusters", anyone, "name of the cluster"},
	{"GET", "v2/brokers/version", anyone, "version"},
	{"GET", "v2/brokers/configuration/runtime", superuser, "how many writes it takes at once, and whether workers use packages; done without"},
	{"GET", "v2/namespaces/{tenant}", administrator, "whether namespaces are there; done without, by listing topics"},
	{"GET", "v2/persistent/{ns}/partitioned", "consume|produce", "topics"},
	{"GET", "v2/persistent/{ns}", "consume|produce", "topics"},
	{"GET", "v2/persistent/{ns}/in/partitions", "consume|produce", "topics"},
	{"GET", "v2/persistent/{ns}/in/stats", "consume|produce", "subscriptions, clients, backlog"},
	{"GET", "v2/persistent/{ns}/in/properties", "consume|produce", "which mesh made the topic"},
	{"GET", "v2/schemas/{ns}/in/schemas", "consume|produce", "schemas, of topics that have one or are to have one"},
	{"POST", "v2/schemas/{ns}/in/compatibility", administrator, "whether a schema would be taken; changes nothing, done without"},
	{"GET", "v2/persistent/{ns}/in/retention", administrator, "retention, of topics that declare one"},
	{"GET", "v2/persistent/{ns}/in/backlogQuotaMap", administrator, "whether a new retention would be taken"},
	{"GET", "v2/namespaces/{ns}", administrator, "policies of the namespace, where the mesh declares some"},
	{"GET", "v3/functions/{ns}", "functions", "functions"},
	{"GET", "v3/functions/{ns}/none", "functions", "functions"},
	{"GET", "v3/functions/{ns}/none/status", "functions", "instances"},
	{"GET", "v3/functions/{ns}/none/state/meshc", "functions", "whether there is a state store"},
	{"GET", "v3/functions/{ns}/none/download", "functions", "whether a new function's name is taken, without the next two"},
	{"GET", "v3/sources/{ns}", "sources", "whether a new function's name is taken; done without"},
	{"GET", "v3/sinks/{ns}", "sinks", "whether a new function's name is taken; done without"},
	{"GET", "v3/packages/function/{ns}/none", "packages", "packages"},
	{"DELETE", "v3/packages/function/{ns}/none/1", "packages", "upload and delete packages"},
	{"DELETE", "v3/functions/{ns}/none", "functions", "create, update and delete functions"},
	{"DELETE", "v2/persistent/{ns}/in/subscription/none", "consume", "create and delete subscriptions"},
	{"POST", "v2/schemas/{ns}/in/schema", "produce", "register schemas"},
	{"PUT", "v2/persistent/{ns}/in", administrator, "make topics"},
	{"PUT", "v2/persistent/{ns}/in/properties", administrator, "mark a topic whose retention is set"},
	{"POST", "v2/persistent/{ns}/in/retention", administrator, "set the retention of a topic"},
	{"DELETE", "v2/persistent/{ns}/in/retention", administrator, "take the retention of a topic away"},
	{"POST", "v2/namespaces/{ns}/messageTTL", administrator, "set policies of the namespace"},
	{"DELETE", "v2/persistent/{ns}/none", administrator, "delete topics"},
	{"PUT", "v2/namespaces/{ns}", administrator, "make the namespace"},
	{"PUT", "v2/namespaces/{ns}/properties", administrator, "mark the namespace"},
}

// bodies are those of requests that need one, by the end of their path.
var bodies = map[string]string{
	"/compatibility": `{"type":"STRING","schema":"","properties":{}}`,
	"/schema":        `{"type":"STRING","schema":"","properties":{}}`,
	"/retention":     `{"retentionTimeInMinutes":-1,"retentionSizeInMB":-1}`,
	"/messageTTL":    "0",
	// Without properties a broker does not even ask who it is.
	"/in/properties": `{"a":"b"}`,
}

// permissions are all that Pulsar knows on a namespace.
var permissions = []string{"produce", "consume", "functions", "sources", "sinks", "packages"}

// testRequests sends each request as roles with a single right.
func (c *cluster) testRequests(t *testing.T) {
	p := c.place(t, "requests")
	who := map[string]string{"stranger": "", tenantAdmin: administrator, "admin": superuser}
	for _, permission := range permissions {
		p.grant("only-"+permission, permission)
		who["only-"+permission] = permission
	}
	refused := 0
	for _, r := range requests {
		path := strings.NewReplacer("{ns}", p.namespace, "{tenant}", tenant).Replace(r.path)
		for role, right := range who {
			status := c.status(t, role, r.method, path)
			may := status != http.StatusUnauthorized && status != http.StatusForbidden
			if !may {
				refused++
			}
			want := right == superuser || r.right == anyone || right == administrator && r.right != superuser ||
				slices.Contains(strings.Split(r.right, "|"), right)
			if may != want {
				t.Errorf("%s %s as %s: %d", r.method, path, role, status)
			}
		}
	}
	harness.Figure(t, "%d requests as %d roles, %d times refused", len(requests), len(who), refused)
}

// status sends a request and returns the status of the answer.
func (c *cluster) status(t *testing.T, role, method, path string) int {
	t.Helper()
	body := ""
	if method == http.MethodPut {
		body = "{}"
	}
	for end, text := range bodies {
		if method != http.MethodGet && strings.HasSuffix(path, end) {
			body = text
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), method, c.AdminURL+"/admin/"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.Token(role))
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

// requestTable draws the requests for the document.
func requestTable() string {
	var b strings.Builder
	b.WriteString("| request under `/admin/` | right | for |\n|---|---|---|\n")
	for _, r := range requests {
		fmt.Fprintf(&b, "| `%s %s` | %s | %s |\n", r.method, r.path, named(r.right), r.use)
	}
	return b.String()
}
