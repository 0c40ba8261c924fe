package operator

import (
	"math/big"
	"regexp"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/resource"
	"pgregory.net/rapid"

	"github.com/meshc/meshc/compiler/syntax"
)

// pattern is what the operator's definitions ask of amounts; "Gi" is 0 for the
// library and refused by them.
var pattern = regexp.MustCompile(`^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$`)

// Amounts are what Kubernetes itself takes them for. It rounds up to a billionth.
func TestAmountsAreThoseOfKubernetes(t *testing.T) {
	compare := func(t rapid.TB, text string) {
		got, ok := Amount(&syntax.Node{Kind: syntax.Scalar, Value: text})
		want, err := resource.ParseQuantity(text)
		if !pattern.MatchString(text) {
			if ok {
				t.Fatalf("%q is refused by the definitions and was read as %s", text, got)
			}
			return
		}
		if err == nil && strings.HasPrefix(text, "-") {
			if ok {
				t.Fatalf("%q is not above 0 and was read as %s", text, got)
			}
			return
		}
		if ok != (err == nil) {
			t.Fatalf("%q: read %v, Kubernetes says %v", text, ok, err)
		}
		if !ok {
			return
		}
		exact, _ := new(big.Rat).SetString(want.AsDec().String())
		off := new(big.Rat).Sub(exact, got)
		if limit, _ := new(big.Rat).SetString("9223372036854775807"); got.Cmp(limit) < 0 && (off.Sign() < 0 || off.Cmp(big.NewRat(1, 1_000_000_000)) > 0) {
			t.Fatalf("%q is %s, Kubernetes says %s", text, got, exact)
		}
	}
	for _, text := range []string{"1", "0", "-1", "1.5Gi", ".5", "5.", "1e3", "1E3", "1E", "1Ei", "512m", "1GB", "1K", "1k", "1Ki", "", "Gi", "1 Gi", "+1Gi", "1e-3", "0.1", "100u", "1n", "1ki"} {
		compare(t, text)
	}
	rapid.Check(t, func(t *rapid.T) {
		compare(t, rapid.StringMatching(`[-+]?[0-9]{0,4}(\.[0-9]{0,4})?([eE][-+]?[0-9]{1,2}|[numkKMGTPEi]{0,2})`).Draw(t, "text"))
	})
}
