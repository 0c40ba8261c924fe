package operator

import (
	"fmt"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
)

// fits compares a spec with the definition: fields that it does not have would be
// dropped without a word, and values of another type refused.
func fits(p *pass) { p.fit("", p.features.Schema(p.Kind), p.Spec) }

func (p *pass) fit(path string, s *Schema, n *syntax.Node) {
	if n == nil || n.Kind == syntax.Hole || s == nil {
		return
	}
	switch s.Type {
	case Any:
	case Object:
		if n.Kind != syntax.Mapping {
			p.misfit(path, n, "a mapping of keys to values")
			return
		}
		if len(s.Properties) == 0 {
			return // all that stands in it is dropped, which is told of elsewhere
		}
		for _, pair := range n.Pairs {
			below := s.Properties[pair.Key.Value]
			if below == nil {
				p.unknown(path, s, pair.Key)
				continue
			}
			p.fit(join(path, "."+pair.Key.Value), below, pair.Value)
		}
		for _, name := range s.Required {
			if n.Get(name) == nil && !n.Lost {
				p.report(diag.Misfit, n, fmt.Sprintf("`%s` of the %s lacks `%s`, without which the API server refuses the resource.", path, p, name), fmt.Sprintf("Add `%s`.", name))
			}
		}
	case Map:
		if n.Kind != syntax.Mapping {
			p.misfit(path, n, "a mapping of names to values")
			return
		}
		for _, pair := range n.Pairs {
			p.fit(join(path, "."+pair.Key.Value), s.Values, pair.Value)
		}
	case List:
		if n.Kind != syntax.Sequence {
			p.misfit(path, n, "a list")
			return
		}
		for i, item := range n.Items {
			p.fit(fmt.Sprintf("%s[%d]", path, i), s.Items, item)
		}
	default:
		p.scalar(path, s, n)
	}
}

func (p *pass) scalar(path string, s *Schema, n *syntax.Node) {
	if n.Kind != syntax.Scalar || n.Type == syntax.Null {
		p.misfit(path, n, s.Type.said())
		return
	}
	whole := n.Type == syntax.Int
	switch s.Type {
	case Text:
		switch {
		case n.Type != syntax.Text:
			p.misfit(path, n, s.Type.said()).Hints = []string{"Put it in quotes."}
		case len(s.Enum) > 0 && !slices.Contains(s.Enum, n.Value):
			p.report(diag.Misfit, n, fmt.Sprintf("`%s` of the %s cannot be `%s`.", path, p, n.Shown()),
				near(n.Value, s.Enum, "It is one of "+quoted(s.Enum)+"."))
		}
	case Whole:
		switch {
		case !whole:
			p.misfit(path, n, s.Type.said())
		case s.NotNegative && strings.HasPrefix(n.Value, "-"):
			p.report(diag.Misfit, n, fmt.Sprintf("`%s` of the %s cannot be below 0.", path, p), "Give a number from 0.")
		}
	case Number:
		if !whole && n.Type != syntax.Float {
			p.misfit(path, n, s.Type.said())
		}
	case Truth:
		if n.Type != syntax.Bool {
			p.misfit(path, n, s.Type.said())
		}
	case Port:
		if !whole && n.Type != syntax.Text {
			p.misfit(path, n, s.Type.said())
		}
	case Quantity:
		// Kubernetes reads numbers and texts; the API server refuses fractions without quotes.
		if _, ok := Amount(n); !ok || n.Type != syntax.Text && !whole {
			p.report(diag.AmountRefused, n, fmt.Sprintf("`%s` of the %s is `%s`, which is no amount of Kubernetes.", path, p, n.Shown()),
				"Amounts are such as 500m, 2, 512Mi or 1Gi, in quotes where they have a point.")
		}
	}
}

func (p *pass) misfit(path string, n *syntax.Node, want string) *diag.Diagnostic {
	return p.report(diag.Misfit, n, fmt.Sprintf("`%s` of the %s is not %s, and the API server refuses anything else.", path, p, want), "Give "+want+".")
}

func (t Type) said() string {
	switch t {
	case Whole:
		return "a whole number"
	case Number:
		return "a number"
	case Truth:
		return "true or false"
	case Port:
		return "a number or a name"
	}
	return "text"
}

// unknown reports a field that the definition lacks.
func (p *pass) unknown(path string, s *Schema, key *syntax.Node) {
	full := join(path, "."+key.Value)
	if version := since(p.Kind, full); version != "" {
		hint := "Take a newer operator, or remove it."
		if full == "windowConfig.processingGuarantees" {
			hint = "Take an operator from 0.24 on: before, windows have no guarantee of their own, or have it under another name (0.23)."
		}
		p.report(diag.NotInOperator, key, fmt.Sprintf("`%s` of the %s came with %s of the operator; %s does not have it, and the API server drops it without a word.", full, p, version, p.features.who()), hint)
		return
	}
	p.report(diag.NotInOperator, key, fmt.Sprintf("The resource of the %s has no `%s`: the API server drops it without a word.", p, full),
		near(key.Value, sortedNames(s), "Remove it."))
}
