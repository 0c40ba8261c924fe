package pulsar

import (
	"strings"
	"testing"
)

func TestOverrideYAML(t *testing.T) {
	const base = `# a comment: kept
keep: 1
gone: 2
nested:
    inner: 3
    # inside
    other: 4
last: 5
`
	got := overrideYAML(base, "gone: x\nnested: {a: b}\nnew: y\n")
	const want = `# a comment: kept
keep: 1
last: 5

gone: x
nested: {a: b}
new: y
`
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// The example of RFC 7515, appendix A.1, has other claims; its key and way are these.
func TestToken(t *testing.T) {
	parts := strings.Split(signToken([]byte("secret"), "admin"), ".")
	if len(parts) != 3 || parts[0] != "eyJhbGciOiJIUzI1NiJ9" || parts[1] != "eyJzdWIiOiJhZG1pbiJ9" {
		t.Fatalf("token %q", parts)
	}
	if strings.ContainsAny(parts[2], "=+/") || len(parts[2]) != 43 {
		t.Errorf("signature %q is not URL-safe base64 of 32 bytes", parts[2])
	}
	if got := signToken([]byte("secret"), "admin"); got == signToken([]byte("other"), "admin") {
		t.Error("the secret does not matter")
	}
}

func TestOptions(t *testing.T) {
	for _, bad := range []Options{{Version: "9.9"}, {Runtime: "kubernetes"}, {HTTPThreads: -1}} {
		if _, err := Start(t.Context(), bad); err == nil || !strings.Contains(err.Error(), "use") && !strings.Contains(err.Error(), "pinned") {
			t.Errorf("%+v: error %v, want one with the remedy", bad, err)
		}
	}
}

func TestAttachRefusesNonsense(t *testing.T) {
	for _, bad := range []string{"http://127.0.0.1:8080", "x,y", "http://127.0.0.1:1,pulsar://127.0.0.1:1"} {
		if _, err := Attach(t.Context(), bad); err == nil || !strings.Contains(err.Error(), AttachEnv) {
			t.Errorf("%q: error %v, want one that names %s", bad, err, AttachEnv)
		}
	}
}
