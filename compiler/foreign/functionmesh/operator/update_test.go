package operator

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/schema/fields"
)

// spec is one that nobody has anything against, with changes on top; nil takes a field away.
func specWith(changes map[string]any) map[string]any {
	out := map[string]any{
		"replicas": 1.0, "minReplicas": 1.0, "forwardSourceMessageProperty": true,
		"java": map[string]any{"jar": "/x.jar"}, "pulsar": map[string]any{"pulsarConfig": "p"},
		"input":        map[string]any{"topics": []any{"persistent://public/default/in"}},
		"sourceConfig": map[string]any{"a": "b"},
	}
	for key, v := range changes {
		if out[key] = v; v == nil {
			delete(out, key)
		}
	}
	return out
}

// Updates that end the operator's process are errors, those that leave something
// behind warnings, and all others nothing.
func TestCheckUpdate(t *testing.T) {
	type m = map[string]any
	for _, tt := range []struct {
		name          string
		kind          fields.Kind
		live, desired m
		want          string // code and words of the finding, "" for none
	}{
		{"nothing changes", fields.Function, m{}, m{}, ""},
		{"numbers of other types in Go", fields.Function, m{"replicas": int64(1)}, m{}, ""},
		{"pulsar goes", fields.Function, m{}, m{"pulsar": nil}, "MC5051 `pulsar`"},
		{"java goes from a source", fields.Source, m{}, m{"java": nil}, "MC5051 `java`"},
		{"java goes from a sink", fields.Sink, m{}, m{"java": nil}, "MC5051 `java`"},
		{"java goes from a function that becomes one in Python", fields.Function, m{}, m{"java": nil, "python": m{"py": "/x.py"}}, ""},
		{"settings of a batch source go", fields.Source, m{}, m{"sourceConfig": nil, "batchSourceConfig": m{"discoveryTriggererClassName": "x.Y"}}, "MC5051 `sourceConfig`"},
		{"settings of a source go", fields.Source, m{}, m{"sourceConfig": nil}, ""},
		{"minReplicas goes under an autoscaler", fields.Sink, m{"maxReplicas": 4}, m{"maxReplicas": 4, "minReplicas": nil}, "MC5051 `minReplicas`"},
		{"forwardSourceMessageProperty goes", fields.Function, m{}, m{"forwardSourceMessageProperty": nil}, "MC5051 `forwardSourceMessageProperty`"},
		{"a pattern beside a clean-up", fields.Function, m{}, m{"cleanupSubscription": true, "input": m{"topicPattern": "persistent://public/.*"}}, "MC5051 `persistent://public/.*`"},
		{"a legal pattern beside a clean-up", fields.Function, m{}, m{"cleanupSubscription": true, "input": m{"topicPattern": "persistent://public/default/.*"}}, ""},
		{"to no instances", fields.Function, m{}, m{"replicas": 0}, ""},
		{"to no instances under an autoscaler", fields.Function, m{"maxReplicas": 4}, m{"maxReplicas": 4, "replicas": 0}, "MC5051 autoscaling"},
		{"claims change", fields.Function, m{}, m{"volumeClaimTemplates": []any{m{}}}, "MC5052 volumeClaimTemplates"},
		{"claims stay absent", fields.Function, m{"volumeClaimTemplates": []any{}}, m{}, ""},
		{"the autoscaler goes", fields.Sink, m{"maxReplicas": 4}, m{}, "MC5052 kubectl delete hpa m-a-sink"},
		{"inputs change under a clean-up", fields.Function, m{"cleanupSubscription": true}, m{"cleanupSubscription": true, "input": m{"topics": []any{"b"}}}, "MC5052 `input`"},
		{"code changes under a clean-up", fields.Function, m{"cleanupSubscription": true}, m{"cleanupSubscription": true, "java": m{"jar": "/y.jar"}}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			list := CheckUpdate(Component{Kind: tt.kind, Node: "a", Name: "m-a"}, specWith(tt.live), specWith(tt.desired))
			code, words, _ := strings.Cut(tt.want, " ")
			if tt.want == "" {
				if len(list) > 0 {
					t.Errorf("%+v", list)
				}
				return
			}
			if len(list) != 1 || list[0].Code != diag.Code(code) || !strings.Contains(list[0].Detail+strings.Join(list[0].Hints, " "), words) {
				t.Errorf("want %s, got %+v", tt.want, list)
			}
		})
	}
}

// A resource cannot be created without instances, and can be brought to none later.
func TestCheckUpdateOfWhatIsNotThere(t *testing.T) {
	list := CheckUpdate(Component{Kind: fields.Function, Node: "a", Name: "m-a"}, nil, specWith(map[string]any{"replicas": 0}))
	var codes []diag.Code
	for _, d := range list {
		codes = append(codes, d.Code)
	}
	if diff := cmp.Diff([]diag.Code{diag.ScaleRefused}, codes); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(list[0].Detail, "can be brought to 0") {
		t.Error(list[0].Detail)
	}
}
