package kubernetes

import "testing"

func TestHolds(t *testing.T) {
	spec := map[string]any{
		"java": map[string]any{"jar": "/a.jar"},
		"pod": map[string]any{
			"nodeSelector": map[string]any{"kubernetes.io/os": "linux"},
			"tolerations":  []any{map[string]any{"key": "k"}},
		},
	}
	for path, want := range map[string]bool{
		".java.jar":                          true,
		".java.jarLocation":                  false,
		".jav":                               false,
		".pod.nodeSelector.kubernetes.io/os": true,
		".pod.nodeSelector.kubernetes.io/o":  false,
		".pod.tolerations":                   true,
		`.pod.tolerations[key="k"]`:          true,
		".replicas":                          false,
	} {
		if holds(spec, path) != want {
			t.Errorf("%s: %v", path, !want)
		}
	}
}
