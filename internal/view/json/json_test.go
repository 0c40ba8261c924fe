package json

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestEscapesKeepTheValue(t *testing.T) {
	in := map[string]string{"k<>&": "a\x7f\u009b31m\u202e\u2028\ufeff\x1b ü 語 \U0001f600"}
	var buf bytes.Buffer
	if err := Write(&buf, in); err != nil {
		t.Fatal(err)
	}
	for _, r := range buf.String() {
		if unsafe(r) || r < 0x20 && r != '\n' {
			t.Errorf("%U is written as it is", r)
		}
	}
	var out map[string]string
	if err := json.Unmarshal(buf.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	if out["k<>&"] != in["k<>&"] {
		t.Errorf("%q became %q", in, out)
	}
}

func TestWriteLineIsOneLine(t *testing.T) {
	var buf bytes.Buffer
	if err := WriteLine(&buf, map[string]any{"a": []int{1, 2}, "b": "x\ny"}); err != nil {
		t.Fatal(err)
	}
	if got := buf.String(); got != `{"a":[1,2],"b":"x\ny"}`+"\n" {
		t.Errorf("got %q", got)
	}
}
