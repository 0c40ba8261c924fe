package functionmesh

import (
	"math/big"
	"strconv"
	"strings"
)

// cores writes a number of cores as Kubernetes does: whole, or in thousandths.
func cores(v float64) string {
	text := strconv.FormatFloat(v, 'f', -1, 64)
	value, ok := new(big.Rat).SetString(text)
	if !ok {
		return text
	}
	if milli := new(big.Rat).Mul(value, big.NewRat(1000, 1)); !value.IsInt() && milli.IsInt() {
		return milli.Num().String() + "m"
	}
	return text
}

// bytesOf writes a number of bytes in the largest unit of 1024 that divides it.
func bytesOf(v float64) string {
	n := int64(v)
	for _, unit := range []struct {
		suffix string
		shift  uint
	}{{"Gi", 30}, {"Mi", 20}, {"Ki", 10}} {
		if n != 0 && n%(1<<unit.shift) == 0 {
			return strconv.FormatInt(n>>unit.shift, 10) + unit.suffix
		}
	}
	return strings.TrimSuffix(strconv.FormatFloat(v, 'f', -1, 64), ".0")
}
