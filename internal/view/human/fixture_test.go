package human_test

import (
	"testing"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

var (
	id      = mesh.ID{Tenant: "public", Namespace: "default", Name: "word-count"}
	cluster = plan.Cluster{Name: "standalone", URL: "http://localhost:8080"}
)

func topicName(short string) string { return "persistent://public/default/" + short }

func at(line int) diag.Span {
	return diag.Span{File: "mesh.yaml", Start: diag.Pos{Line: line, Column: 5}, End: diag.Pos{Line: line, Column: 9}}
}

// fixed are the fields that function workers cannot alter.
type fixed struct{}

func (fixed) Rule(_ state.Kind, field string) diff.Rule {
	switch field {
	case "inputs", "processingGuarantees", "retainOrdering", "subName", "runtime":
		return diff.Rule{Fixed: true}
	case "subscriptionPosition":
		return diff.Rule{WriteOnce: true}
	case "output", "logTopic":
		return diff.Rule{CannotClear: true}
	}
	return diff.Rule{}
}

// function adds a function and its subscriptions to a state.
func function(s *state.State, name string, inputs []string, output string, edit func(*state.Component)) *state.Component {
	var full []string
	for _, in := range inputs {
		full = append(full, topicName(in))
	}
	f := &state.Component{Kind: state.KindFunction,
		Tenant: "public", Namespace: "default", Name: name, Owner: id.String(), Generation: 1,
		Fields: map[string]any{
			"className": "org.example." + name, "runtime": "JAVA", "inputs": state.SortedTexts(full), "parallelism": 1.0,
			"processingGuarantees": "ATLEAST_ONCE", "subscriptionPosition": "Latest", "retainOrdering": false,
			"cleanupSubscription": false, "autoAck": true, "subName": "public/default/" + name,
			"resources": map[string]any{"cpu": 1.0, "ram": float64(1 << 30), "disk": float64(10 << 30)},
		},
		Code: state.Code{Mode: state.ByData, SHA256: "3f786850e387550fdab836ed7e6dc881de23001b", Path: "target/functions.jar"},
	}
	if output != "" {
		f.Fields["output"] = topicName(output)
	}
	if edit != nil {
		edit(f)
	}
	s.Put(f)
	s.Places[f.Addr()] = state.Place{Span: at(10), Fields: map[string]diag.Span{"parallelism": at(12), "inputs": at(13), "userConfig": at(15)}}
	for _, in := range full {
		s.Put(&state.Subscription{Topic: in, Name: f.Subscription(), Position: "Latest", Owner: id.String()})
	}
	return f
}

func topic(s *state.State, short string, partitions int) {
	s.Put(&state.Topic{Name: topicName(short), Partitions: partitions, Owner: id.String()})
}

// wordCount is a mesh of two functions.
func wordCount() *state.State {
	s := state.New(id)
	s.Put(&state.Namespace{Name: "public/default"})
	s.Put(&state.Topic{Name: topicName("sentences")})
	topic(s, "words", 2)
	topic(s, "counts", 0)
	function(s, "split", []string{"sentences"}, "words", nil)
	function(s, "count", []string{"words"}, "counts", nil)
	return s
}

// empty is a cluster that has only what belongs to others.
func empty() *state.State {
	s := state.New(id)
	s.Put(&state.Namespace{Name: "public/default"})
	s.Put(&state.Topic{Name: topicName("sentences")})
	return s
}

func planOf(t *testing.T, live, want *state.State, o diff.Options, allowed ...plan.RiskKind) *plan.Plan {
	t.Helper()
	changes, found := diff.Diff(live, want, fixed{}, o)
	if found.HasErrors() {
		t.Fatalf("findings: %v", found)
	}
	return plan.New(plan.Header{Backend: "native", Cluster: cluster, Destroy: o.Destroy, Allowed: allowed}, live, want, changes)
}
