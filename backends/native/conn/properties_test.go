package conn

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// TestProperties compares with what java.util.Properties makes of the same text.
func TestProperties(t *testing.T) {
	got, err := parseProperties(strings.Join([]string{
		"# comment = x", "  ! comment", "", "a=1", "b : 2", "c 3", "d", "e==x", " f\\ g = h ",
		"long=one,\\", "   two,\\", "three", "# not a continuation \\", "k\\=x\\:y=v", "u=\\u00e4\\uD83D\\uDE00", "win=C:\\\\x",
		"t=a\\tb\\nc\\d", "a=last\r", "end\\\\=2", "esc=x\\",
	}, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"a": "last", "b": "2", "c": "3", "d": "", "e": "=x", "f g": "h ", "long": "one,two,three",
		"k=x:y": "v", "u": "ä😀", "win": `C:\x`, "t": "a\tb\ncd", `end\`: "2", "esc": "x",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func FuzzProperties(f *testing.F) {
	f.Add("a=b\\\n c\n#x\n\\u0041:\\uD83D")
	f.Fuzz(func(t *testing.T, text string) {
		props, err := parseProperties(text)
		if err != nil {
			if strings.Count(err.Error(), "\n") > 0 {
				t.Errorf("error of several lines: %q", err)
			}
			return
		}
		total := 0
		for key, value := range props {
			total += len(key) + len(value)
			if utf8.ValidString(text) && !(utf8.ValidString(key) && utf8.ValidString(value)) {
				t.Errorf("%q gives invalid UTF-8: %q=%q", text, key, value)
			}
		}
		if total > 2*len(text) {
			t.Errorf("%d bytes give %d", len(text), total)
		}
	})
}

func FuzzWithoutUser(f *testing.F) {
	f.Add("http://", "me", "p@s/s", "host:1/x")
	f.Fuzz(func(t *testing.T, scheme, user, password, host string) {
		if strings.Contains(host+scheme+user, "s3cret") || strings.Contains(host+scheme, "@") {
			return
		}
		for _, text := range []string{scheme, "http://"} {
			text += user + ":s3cret" + password + "@" + host
			if out := withoutUser(text); strings.Contains(out, "s3cret") {
				t.Errorf("%q becomes %q", text, out)
			}
			if _, err := parseBases(text); err != nil && strings.Contains(err.Error(), "s3cret") {
				t.Errorf("%q gives %v", text, err)
			}
		}
	})
}
