package fields_test

import (
	"strings"
	"testing"

	"github.com/meshc/meshc/schema/fields"
)

func TestVersion(t *testing.T) {
	for given, want := range map[string]string{"": "", "4.0": "4.0", "4.0.8": "4.0", "4.2.4": "4.2", "4.1.10": "4.1"} {
		if got, err := fields.Version(given); err != nil || got != want {
			t.Errorf("Version(%q) = %q, %v, want %q", given, got, err, want)
		}
	}
	for _, wrong := range []string{"4", "3.3", "4.20", "4.0.", "4.0.x", "4.2.4-rc1", "v4.0", " 4.0", "4.0.8.1"} {
		if got, err := fields.Version(wrong); err == nil || !strings.Contains(err.Error(), "4.0, 4.1, 4.2") {
			t.Errorf("Version(%q) = %q, %v, want an error that names the known ones", wrong, got, err)
		}
	}
}

func TestBefore(t *testing.T) {
	for _, c := range []struct {
		version, other string
		want           bool
	}{{"4.0", "4.1", true}, {"4.1", "4.1", false}, {"4.2", "4.1", false}, {"", "4.1", false}} {
		if got := fields.Before(c.version, c.other); got != c.want {
			t.Errorf("Before(%q, %q) = %v", c.version, c.other, got)
		}
	}
}

// What the table says by words has to fit the rest of the table.
func TestTheTableFitsItself(t *testing.T) {
	for _, kind := range fields.Kinds() {
		for _, f := range fields.Of(kind) {
			where := string(kind) + "." + f.Name
			if f.Needs != "" {
				if _, ok := fields.Named(kind, f.Needs); !ok {
					t.Errorf("%s needs %s, which is no field beside it", where, f.Needs)
				}
			}
			if f.Without != "" && f.Needs == "" {
				t.Errorf("%s says what happens without a field, and names none", where)
			}
			for r, v := range f.Reads {
				if v != "" && !fields.Before("4.0", v) {
					t.Errorf("%s: %s reads it since %q, which is no later version", where, r, v)
				}
			}
			if f.Since != "" && !fields.Before("4.0", f.Since) {
				t.Errorf("%s is there since %q, which is no later version", where, f.Since)
			}
			if f.Uses != nil && !f.Steered {
				t.Errorf("%s has a value that meshc uses, and is not meshc's to decide", where)
			}
			for _, trap := range f.Traps {
				if trap.Value == "" || !strings.HasSuffix(trap.Says, ".") || !strings.HasSuffix(trap.Instead, ".") {
					t.Errorf("%s: a trap without a value or without sentences: %+v", where, trap)
				}
			}
		}
	}
}
