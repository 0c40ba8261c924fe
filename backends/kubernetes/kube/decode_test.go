package kube

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	utiljson "k8s.io/apimachinery/pkg/util/json"
)

// FuzzDecodeIsThatOfKubernetes holds the reader of objects against Kubernetes' own.
func FuzzDecodeIsThatOfKubernetes(f *testing.F) {
	for _, text := range []string{
		`{"kind":"A","n":1,"big":9223372036854775808,"least":-9223372036854775808,"f":1.5,"e":1e3,"z":-0,"whole":2.0,"t":true,"no":false,"null":null,"l":[1,[],{}],"m":{"":{}}}`,
		`{"kind":"A","a":1,"a":{"b":2},"\u0061":3}`,
		`{"kind":"A","s":"\ud800 \u00e9 \" \\ \n","\ud83d\ude00":"` + "\xff" + `","` + "\xfe" + `":1}`,
		`{"kind":"A"} {}`, `{"kind":null}`, `{}`, `[]`, `null`, `"kind"`, ``, ` `, `{"kind":"A",}`, `{"kind":"A","n":1e999}`, `{"kind":"A","n":01}`, `{"kind":"A"`, `{1:2}`,
		`{"kind":"A","metadata":{"managedFields":[{"manager":"m","fieldsV1":{"f:spec":{"f:a":{}}}},{"fieldsV1":null},{"fieldsV1":7}]},"spec":{"metadata":{"managedFields":[{"fieldsV1":{}}]},"fieldsV1":{"a":1}}}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var got Object
		err, _ := decode(bytes.NewReader(data), &got)
		var m map[string]any
		wantErr := utiljson.Unmarshal(data, &m)
		if wantErr == nil && m["kind"] == nil {
			wantErr = errNoKind
		}
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%q: %v, and Kubernetes says %v", data, err, wantErr)
		}
		if err != nil {
			return
		}
		for _, entry := range got.Items("metadata", "managedFields") {
			e, _ := entry.(map[string]any)
			if set, there := e[fieldsV1]; there {
				e[fieldsV1] = expanded(t, set)
			}
		}
		if diff := cmp.Diff(m, map[string]any(got)); diff != "" {
			t.Errorf("%q: %s", data, diff)
		}
	})
}

// expanded decodes a set of fields that was left as it is.
func expanded(t *testing.T, v any) any {
	raw, ok := v.(json.RawMessage)
	if !ok {
		return v
	}
	var m map[string]any
	if err := utiljson.Unmarshal(raw, &m); err != nil {
		t.Errorf("%q: %v", raw, err)
	}
	if diff := cmp.Diff(m, fieldSet(raw)); diff != "" {
		t.Errorf("%q: %s", raw, diff)
	}
	return m
}

// FuzzPage holds what is made of a list's page against the list read as a whole.
func FuzzPage(f *testing.F) {
	for _, text := range []string{
		`{"apiVersion":"v1","items":[{"metadata":{"name":"a"}},{"kind":"B"},7],"kind":"FunctionList","metadata":{"continue":"x","resourceVersion":"7"}}`,
		`{"kind":"L","metadata":{"resourceVersion":"7"},"items" : [ ] }`, `{"kind":"L","items":null}`, `{"kind":"L"}`, `{"items":[]}`, `[]`, `{"kind":"L","items":[{]}`, `{"kind":"L","items":[]}x`,
		`{"kind":"L","items":[{"a":1}],"items":[{"b":2}]}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got := page[Object]{item: func(r *reader) (Object, bool, error) { return r.item(Functions) }}
		err, _ := decode(bytes.NewReader(data), &got)
		var whole Object
		wantErr, _ := decode(bytes.NewReader(data), &whole)
		if err == nil && wantErr == nil {
			var want []Object
			for _, item := range whole.Items("items") {
				if m, ok := item.(map[string]any); ok {
					want = append(want, Object(m).With("apiVersion", Functions.APIVersion()).With("kind", Functions.Kind))
				}
			}
			if diff := cmp.Diff(want, got.items, cmp.Transformer("set", func(raw json.RawMessage) any { return fieldSet(raw) })); diff != "" {
				t.Errorf("%q: %s", data, diff)
			}
			if got.version != whole.Text("metadata", "resourceVersion") || got.next != whole.Text("metadata", "continue") {
				t.Errorf("%q: %+v", data, got)
			}
		}
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%q: %v, as a whole %v", data, err, wantErr)
		}
	})
}
