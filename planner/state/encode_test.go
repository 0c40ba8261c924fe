package state

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/meshc/meshc/compiler/mesh"
)

// anyValue draws values as configs have them, and some that they should not have.
func anyValue() *rapid.Generator[any] {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "a<b>&c", "\u2028", "\xff", `"\`, "a/b:c", "\x7f\x00\t"}))
	number := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1, -1, 1e15, -1e15, 1e15 - 1, 1e21, 1e-7, 0.5, math.MaxInt64, math.NaN(), math.Inf(1)}),
		rapid.Map(rapid.Int64(), func(n int64) float64 { return float64(n) }))
	leaf := rapid.OneOf(rapid.Map(text, func(s string) any { return s }), rapid.Map(number, func(f float64) any { return f }), rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.SampledFrom([]any{nil, json.Number("12.50"), 7, int64(-7), []string{"<"}, map[string]any(nil), []any(nil), map[string]string{"b": "1", "a": "2"}, Sensitive{From: "${env:A}", Digest: "d"}}))
	var value func(deep int) *rapid.Generator[any]
	value = func(deep int) *rapid.Generator[any] {
		if deep == 0 {
			return leaf
		}
		return rapid.OneOf(leaf, rapid.Map(rapid.SliceOfN(value(deep-1), 0, 3), func(l []any) any { return l }),
			rapid.Map(rapid.MapOfN(text, value(deep-1), 0, 4), func(m map[string]any) any { return m }))
	}
	return value(3)
}

// What is digested is what encoding/json writes: digests are kept in clusters, and
// other versions of meshc made them.
func TestEncodingIsThatOfJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fields := rapid.MapOfN(rapid.String(), anyValue(), 0, 4).Draw(t, "fields")
		want, wantErr := json.Marshal(fields)
		got, ok := appendJSON(nil, fields)
		if ok != (wantErr == nil) || ok && string(got) != string(want) {
			t.Errorf("%s (%v)\nencoding/json: %s (%v)", got, ok, want, wantErr)
		}
		if rapid.IntRange(0, 9).Draw(t, "none") == 0 {
			fields = nil
		}
		c := &Component{Kind: KindSink, Tenant: `"fields":null`, Namespace: "n", Name: rapid.String().Draw(t, "name"), Fields: fields, Owner: "o", Generation: 3, Allow: []string{"x"}}
		want, wantErr = json.Marshal([]any{c.Addr(), c})
		if wantErr != nil {
			want = nil
		}
		if got := encoded(c.Addr(), c); string(got) != string(want) {
			t.Errorf("%s\nencoding/json: %s", got, want)
		}
	})
}

func TestFingerprintsAreThoseOfEachAndAll(t *testing.T) {
	s := New(mesh.ID{Tenant: "t", Namespace: "n", Name: "m"})
	s.Put(&Component{Kind: KindSink, Tenant: "t", Namespace: "n", Name: "s", Fields: map[string]any{"a": 1.0}})
	s.Put(&Topic{Name: "persistent://t/n/a"})
	var text []byte
	all, each := s.Fingerprints()
	for _, a := range s.Addrs() {
		data, _ := json.Marshal([]any{a, s.Resources[a]})
		text = append(append(text, data...), '\n')
		if each[a] != Digest(s.Resources[a]) {
			t.Errorf("%s: %s, alone %s", a, each[a], Digest(s.Resources[a]))
		}
	}
	if sum := sha256.Sum256(text); all != "sha256:"+hex.EncodeToString(sum[:]) || all != s.Fingerprint() {
		t.Errorf("%s, alone %s", all, s.Fingerprint())
	}
}
