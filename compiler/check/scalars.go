package check

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
)

// maxExact is the largest whole number that the workers' 64-bit floats keep exactly.
const maxExact = 1 << 53

var (
	decimal  = regexp.MustCompile(`^[-+]?(0|[1-9][0-9]*)$`)
	fraction = regexp.MustCompile(`^[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?$`)
)

// scalars refuses numbers and dates that YAML readers do not agree about, or
// that would reach the function as another value, and brings the other numbers
// into the form of JSON. It runs before the schema, which would take them for
// what the library reads them as.
func (c *checker) scalars(n *syntax.Node) {
	for _, p := range n.Pairs {
		c.scalars(p.Value)
	}
	for _, item := range n.Items {
		c.scalars(item)
	}
	if n.Kind != syntax.Scalar {
		return
	}
	switch n.Type {
	case syntax.Date:
		c.refuse(n, fmt.Sprintf("`%s` is a date to some YAML readers and text to others.", n.Shown()), quoted(n.Shown()))
	case syntax.Int:
		c.whole(n)
	case syntax.Float:
		c.float(n)
	}
}

func (c *checker) refuse(n *syntax.Node, detail string, hints ...string) {
	c.list.Add(diag.BadValue, n.Span, detail, hints...)
	hole(n)
}

func quoted(s string) string { return fmt.Sprintf("Put it in quotes if text is meant: \"%s\".", s) }

func (c *checker) whole(n *syntax.Node) {
	if !decimal.MatchString(n.Value) {
		hint := "Write the number in plain decimal digits."
		if v, err := strconv.ParseInt(n.Value, 0, 64); err == nil && !n.Masked {
			hint = fmt.Sprintf("Write %d if that is meant", v)
			if digits := strings.TrimLeft(n.Value, "+-0_"); decimal.MatchString(digits) && digits != strconv.FormatInt(v, 10) {
				hint += ", or " + digits
			}
			hint += "."
		}
		c.refuse(n, fmt.Sprintf("`%s` is a different number to different YAML readers.", n.Shown()), hint, quoted(n.Shown()))
		return
	}
	v, err := strconv.ParseInt(n.Value, 10, 64)
	if err != nil || v > maxExact || v < -maxExact {
		c.refuse(n, fmt.Sprintf("`%s` is too large: function workers keep numbers as 64-bit floats, which are exact up to %d only.", n.Shown(), int64(maxExact)), quoted(n.Shown()))
		return
	}
	n.Value = strconv.FormatInt(v, 10)
}

func (c *checker) float(n *syntax.Node) {
	v, err := strconv.ParseFloat(n.Value, 64)
	digits := decimal.MatchString(n.Value)
	switch {
	case digits:
		c.whole(n)
	case !fraction.MatchString(n.Value), err != nil, math.IsInf(v, 0):
		c.refuse(n, fmt.Sprintf("`%s` is not a number that JSON can carry.", n.Shown()), "Write a plain decimal number.", quoted(n.Shown()))
	default:
		n.Value = strconv.FormatFloat(v, 'g', -1, 64)
	}
}
