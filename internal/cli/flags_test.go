package cli

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/meshc/meshc/planner/plan"
)

// parse reads a command line without running anything.
func parse[O any](t *testing.T, make func(*Factory, func(context.Context, O) error) *cobra.Command, args ...string) (got O, err error) {
	t.Helper()
	f := NewFactory(args, strings.NewReader(""), &buffer{}, &buffer{}, func(string) string { return "" })
	cmd := make(f, func(_ context.Context, o O) error {
		got = o
		return nil
	})
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(args)
	return got, cmd.ExecuteContext(context.Background())
}

func TestPlanFlags(t *testing.T) {
	o, err := parse(t, newPlanCmd, "a.yaml", "-f", "b.yaml", "--filename", "c.yaml", "--allow", "message-loss,state-loss", "--allow", "message-loss",
		"--out", "p.json", "--timeout", "90s", "--admin-url", "http://x", "--broker-url", "pulsar://x", "--allow-host", "h1,h2", "--allow-host", "h3", "-o", "json", "--detailed-exitcode")
	if err != nil {
		t.Fatal(err)
	}
	if got := o.input.all(o.args); !slices.Equal(got, []string{"a.yaml", "b.yaml", "c.yaml"}) {
		t.Errorf("files %v", got)
	}
	if !slices.Equal(o.allow, []plan.RiskKind{plan.MessageLoss, plan.StateLoss}) {
		t.Errorf("allow %v", o.allow)
	}
	if o.out != "p.json" || o.connect.timeout != 90*time.Second || o.output != "json" || !o.detailed || o.destroy || o.connect.backend != "native" {
		t.Errorf("%+v", o)
	}
	if !slices.Equal(o.connect.allowHosts, []string{"h1", "h2", "h3"}) {
		t.Errorf("hosts %v", o.connect.allowHosts)
	}
	if _, err := parse(t, newPlanCmd, "--delete-topics"); err == nil {
		t.Error("--delete-topics without --destroy is taken")
	}
}

func TestApplyFlags(t *testing.T) {
	o, err := parse(t, newApplyCmd, "-y", "--parallelism", "8", "--packages", "off", "mesh.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !o.carry.yes || o.carry.parallelism != 8 || o.connect.packages != "off" || o.backendGiven {
		t.Errorf("%+v", o)
	}
	for _, args := range [][]string{
		{"mesh.yaml"}, {"-y", "--parallelism", "-1"}, {"-y", "--allow", "everything"}, {"-y", "-o", "xml"}, {"-y", "--packages", "maybe"}, {"-y", "--timeout", "soon"},
	} {
		if _, err := parse(t, newApplyCmd, args...); err == nil {
			t.Errorf("%v is taken", args)
		}
	}
}

func TestPIP66Flags(t *testing.T) {
	o, err := parse(t, newCreateCmd, "-f", "mesh.yaml", "-y")
	if err != nil || !slices.Equal(o.input.files, []string{"mesh.yaml"}) {
		t.Errorf("%v, %v", o, err)
	}
	if _, err := parse(t, newCreateCmd, "-y"); err == nil {
		t.Error("create without -f is taken")
	}
	d, err := parse(t, newDeleteCmd, "--tenant", "acme", "--name", "orders", "-y")
	if err != nil || d.mesh != "acme/default/orders" {
		t.Errorf("%v, %v", d, err)
	}
	if _, err := parse(t, newDeleteCmd, "-y"); err == nil {
		t.Error("delete without --name is taken")
	}
}

func TestDestroyFlags(t *testing.T) {
	if _, err := parse(t, newDestroyCmd, "-y", "--mesh", "a/b/c", "mesh.yaml"); err == nil {
		t.Error("--mesh and a file are taken together")
	}
}

func TestCommandThatGoesOn(t *testing.T) {
	f := &Factory{Args: []string{"apply", "my mesh.yaml", "--admin-url=http://x?y&z", "it's", ""}}
	want := `meshc apply 'my mesh.yaml' '--admin-url=http://x?y&z' 'it'\''s' '' --allow message-loss,state-loss`
	if got := f.again("--allow", "message-loss,state-loss"); got != want {
		t.Errorf("%s", got)
	}
}

func TestAgainLeavesSecretsOut(t *testing.T) {
	f := Factory{Args: []string{"apply", "--set", "functions.f.userConfig.password=hunter2", "--set=variables.db-password=hunter2", "--set", "variables.n=2"}}
	const want = "meshc apply --set functions.f.userConfig.password=... --set=variables.db-password=... --set variables.n=2"
	if got := f.again(); got != want {
		t.Errorf("%s", got)
	}
}

// TestHelp holds every command to having what its help needs.
func TestHelp(t *testing.T) {
	root := newRootCmd(NewFactory(nil, nil, &buffer{}, &buffer{}, func(string) string { return "" }))
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			continue // cobra's own texts
		}
		if c.Short == "" || c.Long == "" || !strings.Contains(c.Example, "meshc "+c.Name()) {
			t.Errorf("%s lacks a text of its help", c.Name())
		}
		if strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s: the short text is no sentence", c.Name())
		}
		for line := range strings.Lines(c.Long) {
			if len(line) > 92 {
				t.Errorf("%s: a line of %d columns: %s", c.Name(), len(line), line)
			}
		}
	}
}

func TestColours(t *testing.T) {
	for _, c := range []struct {
		flag     string
		terminal bool
		env      map[string]string
		want     bool
	}{
		{"auto", true, nil, true},
		{"auto", false, nil, false},
		{"auto", true, map[string]string{"NO_COLOR": "1"}, false},
		{"auto", true, map[string]string{"NO_COLOR": ""}, true},
		{"auto", true, map[string]string{"TERM": "dumb"}, false},
		{"auto", false, map[string]string{"CLICOLOR_FORCE": "1"}, false},
		{"always", false, map[string]string{"NO_COLOR": "1"}, true},
		{"never", true, nil, false},
	} {
		f := NewFactory(nil, nil, &buffer{}, &buffer{}, func(k string) string { return c.env[k] })
		f.OutTerminal, f.color = func() bool { return c.terminal }, c.flag
		if got := f.outStyle().Color; got != c.want {
			t.Errorf("%+v: %t", c, got)
		}
	}
}

func TestImportFlags(t *testing.T) {
	o, err := parse(t, newImportCmd, "split", "count", "--tenant", "acme", "--namespace", "orders", "--name", "m", "--out", "m.yaml", "--code", "jars", "--timeout", "9s")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(o.args, []string{"split", "count"}) || o.tenant != "acme" || o.namespace != "orders" || o.name != "m" || o.out != "m.yaml" || o.code != "jars" || o.connect.timeout != 9*time.Second {
		t.Errorf("%+v", o)
	}
}
