package kubernetes

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/meshc/meshc/test/harness"
)

// TestSecrets gives a function settings that the mesh file takes from outside: pods get
// the values, and no plan, record or saved plan shows one.
func TestSecrets(t *testing.T) {
	const first, second = "s3cret-alpha", "s3cret-beta"
	forms(t, func(b *bench) {
		value := func(text string) {
			if err := os.WriteFile(filepath.Join(b.dir, "token.txt"), []byte(text+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		quiet := func(what, text string) {
			b.Helper()
			if strings.Contains(text, first) || strings.Contains(text, second) {
				t.Errorf("%s shows the value:\n%s", what, text)
			}
		}
		settings := func() any { return b.spec("words-a")["funcConfig"] }
		deep := func() any { return settings().(map[string]any)["deep"].(map[string]any)["list"].([]any)[0] }

		value(first)
		b.mesh(chain(", userConfig: {token: \"${file:token.txt}\", deep: {list: [\"<${file:token.txt}>\"]}}", ""))
		quiet("validate", harness.Run(b.T, b.dir, nil, "validate", "words.yaml", "--target", "kubernetes").Want(0).Says("MC6013", "`secrets`").Output())
		quiet("plan", b.meshc("plan", "words.yaml", "--out", "words.plan").Want(0).Output())
		saved, err := os.ReadFile(filepath.Join(b.dir, "words.plan"))
		if err != nil {
			t.Fatal(err)
		}
		quiet("the saved plan", string(saved))

		// A saved plan is carried out with the value that it was made with, and no other.
		value(second)
		quiet("apply", b.meshc("apply", "words.plan", "--yes").Want(5).Output())
		value(first)
		quiet("apply", b.meshc("apply", "words.plan", "--yes").Want(0).Output())
		b.settled()
		if got := settings().(map[string]any)["token"]; got != first {
			t.Errorf("the token is %v", got)
		}
		if got := deep(); got != "<"+first+">" {
			t.Errorf("the text with a token in it is %v", got)
		}
		b.meshc("plan", "words.yaml", "--detailed-exitcode").Want(0)
		quiet("get", b.meshc("get", "words.yaml", "-o", "json").Want(0).Output())
		quiet("history", b.meshc("history", "public/default/words", "-o", "json").Want(0).Output())
		quiet("the records", b.kubectl("get", "configmaps", "-o", "yaml"))
		quiet("the marker", b.kubectl("get", b.resourceOf("a"), "-o", `jsonpath={.metadata.annotations.meshc/marker}`))

		// What is imported refers to a variable, and is what runs with the value in it.
		quiet("import", b.meshc("import", "--out", "imported/words.yaml").Want(0).Output())
		file, err := os.ReadFile(filepath.Join(b.dir, "imported/words.yaml"))
		if err != nil || !strings.Contains(string(file), `token: "${env:A_TOKEN}"`) {
			t.Errorf("what is imported does not name a variable (%v):\n%s", err, file)
		}
		quiet("the imported file", string(file))
		env := []string{"A_TOKEN=" + first, "A_DEEP_LIST_0=<" + first + ">"}
		harness.Run(b.T, b.dir, env, append([]string{"plan", "imported/words.yaml", "--detailed-exitcode"}, b.flags()...)...).Want(0)

		// Another value is a change that is told without either.
		value(second)
		quiet("plan", b.meshc("plan", "words.yaml", "--detailed-exitcode").Want(2).Says("(sensitive, changed)").Output())
		quiet("plan", b.meshc("plan", "words.yaml", "-o", "json").Want(0).Output())
		b.converge()
		if got := deep(); got != "<"+second+">" {
			t.Errorf("the text with a token in it is %v", got)
		}
		quiet("status", b.meshc("status", "words.yaml", "-o", "json").Want(0).Output())

		// A version is gone back to with the value that it had, and a value that the mesh has
		// in the open does not show the one that is there.
		quiet("rollback", b.meshc("rollback", "words.yaml", "--to", "1", "--yes").Want(5).Output())
		value(first)
		quiet("rollback", b.meshc("rollback", "words.yaml", "--to", "1", "--yes").Want(0).Output())
		b.settled()
		if got := deep(); got != "<"+first+">" {
			t.Errorf("after the rollback the text with a token in it is %v", got)
		}
		b.mesh(chain(", userConfig: {token: open}", ""))
		quiet("plan", b.meshc("plan", "words.yaml", "--detailed-exitcode").Want(2).Output())
		b.meshc("destroy", "--mesh", "public/default/words", "--yes", "--allow", "message-loss").Want(0)
	})
}
