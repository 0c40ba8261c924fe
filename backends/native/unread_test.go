package native

import (
	"testing"

	"github.com/meshc/meshc/planner/state"
)

// What a language never reads is on neither side of a comparison: a Python function
// without skipToLatest would differ for ever else.
func TestFieldsThatALanguageNeverReads(t *testing.T) {
	for runtime, want := range map[string]any{"JAVA": false, "PYTHON": nil, "GO": nil} {
		raw := map[string]any{"runtime": runtime, "customRuntimeOptions": `{"meshc":{"v":1,"mesh":"a/b/c","gen":1}}`}
		if got := fromConfig(state.KindFunction, "a", "b", "f", raw).Fields["skipToLatest"]; got != want {
			t.Errorf("%s: skipToLatest is %v, not %v", runtime, got, want)
		}
	}
}
