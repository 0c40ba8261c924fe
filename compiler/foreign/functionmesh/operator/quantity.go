package operator

import (
	"math/big"
	"regexp"
	"strings"

	"github.com/meshc/meshc/compiler/syntax"
)

// quantity is Kubernetes' form of amounts (resource.Quantity), without those below 0.
var quantity = regexp.MustCompile(`^\+?([0-9]+\.?[0-9]*|\.[0-9]+)(?:([eE][-+]?[0-9]{1,2})|([numkKMGTPE]i?))?$`)

// factors are what suffixes stand for: 10 or 2 to the power of the second number.
var factors = map[string][2]int64{
	"n": {10, -9}, "u": {10, -6}, "m": {10, -3}, "": {10, 0}, "k": {10, 3}, "M": {10, 6}, "G": {10, 9}, "T": {10, 12}, "P": {10, 15}, "E": {10, 18},
	"Ki": {2, 10}, "Mi": {2, 20}, "Gi": {2, 30}, "Ti": {2, 40}, "Pi": {2, 50}, "Ei": {2, 60},
}

// Amount reads a quantity of Kubernetes that is not below 0, such as 500m or 1Gi.
func Amount(n *syntax.Node) (*big.Rat, bool) {
	if n == nil || n.Kind != syntax.Scalar {
		return nil, false
	}
	if r, ok := shortAmount(n.Value); ok {
		return r, true
	}
	m := quantity.FindStringSubmatch(n.Value)
	if m == nil {
		return nil, false
	}
	value, ok := new(big.Rat).SetString(m[1] + m[2])
	factor, known := factors[m[3]]
	if !ok || !known {
		return nil, false
	}
	by := new(big.Int).Exp(big.NewInt(factor[0]), new(big.Int).Abs(big.NewInt(factor[1])), nil)
	if factor[1] < 0 {
		return value.Quo(value, new(big.Rat).SetInt(by)), true
	}
	return value.Mul(value, new(big.Rat).SetInt(by)), true
}

// shortAmount reads digits, alone or with one of the suffixes in use, as nearly all
// amounts are: the general way takes ten times as long, and meshes have thousands.
func shortAmount(text string) (*big.Rat, bool) {
	if whole, ok := wholeAmount(text); ok {
		return new(big.Rat).SetInt64(whole), true
	}
	for _, s := range []struct {
		suffix string
		shift  int
	}{{"Ki", 10}, {"Mi", 20}, {"Gi", 30}} {
		number, has := strings.CutSuffix(text, s.suffix)
		if whole, ok := wholeAmount(number); has && ok && whole < 1<<32 {
			return new(big.Rat).SetInt64(whole << s.shift), true
		}
	}
	number, thousandths := strings.CutSuffix(text, "m")
	if whole, ok := wholeAmount(number); thousandths && ok {
		return big.NewRat(whole, 1000), true
	}
	return nil, false
}

// wholeAmount reads digits alone.
func wholeAmount(text string) (int64, bool) {
	if len(text) == 0 || len(text) > 18 {
		return 0, false
	}
	var whole int64
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return 0, false
		}
		whole = whole*10 + int64(c-'0')
	}
	return whole, true
}
