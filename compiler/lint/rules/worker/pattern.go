package worker

import (
	"errors"
	"fmt"
	"regexp/syntax"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
)

// unreadable are the mistakes that Go and Java call mistakes alike. What Go does
// not know beside them may be Java's.
var unreadable = map[syntax.ErrorCode]string{
	syntax.ErrMissingParen:          "a parenthesis is not closed",
	syntax.ErrMissingBracket:        "a bracket is not closed",
	syntax.ErrMissingRepeatArgument: "a sign for repeating stands where there is nothing to repeat",
	syntax.ErrTrailingBackslash:     "it ends in a backslash",
}

var pattern = lint.Rule{
	Code: diag.BadPattern,
	Doc:  "Finds patterns of inputs that are no regular expressions. Workers take any text, and instances fail to start.",
	Run: func(p *lint.Pass) {
		for _, n := range p.Mesh.Nodes {
			if n.Reads() == nil {
				continue
			}
			for _, one := range n.Reads().Patterns {
				badPattern(p, one)
			}
		}
	},
}

func badPattern(p *lint.Pass, one mesh.Pattern) {
	if one.Regexp != nil {
		return
	}
	_, err := syntax.Parse(one.Text, syntax.Perl)
	var wrong *syntax.Error
	if !errors.As(err, &wrong) || unreadable[wrong.Code] == "" {
		return
	}
	p.Report(one.Span, fmt.Sprintf("`%s` is no regular expression: %s. Workers take it, and instances fail to start.", one.Text, unreadable[wrong.Code]),
		"Mend the expression; it has to match full names of topics, persistent://tenant/namespace/name.")
}
