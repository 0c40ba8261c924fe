package diag

import (
	"fmt"
	"strings"
)

// Off is a severity for tables only: a finding that is off is not reported.
const Off Severity = "off"

// Severities are the severities that somebody chose for codes, in place of the
// catalogue's.
type Severities map[Code]Severity

// Set reads a choice in the form CODE=SEVERITY. What would hide that a mesh
// cannot be understood or deployed is refused: only warnings and errors of rules
// (MC4xxx) can be lowered.
func (s Severities) Set(choice string) error {
	name, level, ok := strings.Cut(choice, "=")
	code, severity := Code(strings.ToUpper(strings.TrimSpace(name))), Severity(strings.TrimSpace(level))
	if !ok || severity != Off && severity != Warning && severity != Error {
		return fmt.Errorf("%q is not CODE=off, CODE=warning or CODE=error", choice)
	}
	if !code.Known() {
		return fmt.Errorf("there is no code %q", name)
	}
	if severity != Error && !code.Optional() {
		return fmt.Errorf("%s (%s) is always an error", code, code.Summary())
	}
	s[code] = severity
	return nil
}

// Apply gives the findings with the chosen severities.
func (s Severities) Apply(list List) List {
	if len(s) == 0 {
		return list
	}
	out := make(List, 0, len(list))
	for _, d := range list {
		switch severity := s[d.Code]; severity {
		case Off:
			continue
		case Warning, Error:
			d.Severity = severity
		}
		out = append(out, d)
	}
	return out
}

// Known tells whether the code is in the catalogue.
func (c Code) Known() bool {
	_, ok := catalogue[c]
	return ok
}

// Optional tells whether an author may lower or ignore findings of the code:
// those that warn, and those of rules.
func (c Code) Optional() bool {
	return c.Severity() == Warning || strings.HasPrefix(string(c), "MC4")
}
