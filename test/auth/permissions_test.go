package auth

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// role makes a Pulsar role with these rights on the place's namespace; of an
// "a|b" the n-th, or the last.
func (p *place) role(n int, needs rights) string {
	p.Helper()
	if slices.Contains(needs, administrator) {
		return tenantAdmin
	}
	p.roles++
	role := fmt.Sprintf("role-%d", p.roles)
	var actions []string
	for _, need := range needs {
		either := strings.Split(need, "|")
		actions = append(actions, either[min(n, len(either)-1)])
	}
	if len(actions) > 0 {
		p.grant(role, actions...)
	}
	return role
}

func (p *place) grant(role string, actions ...string) {
	p.Helper()
	p.call(p.T, http.MethodPost, "namespaces/"+p.namespace+"/permissions/"+role, actions)
}

// testPermissions tries each row of the table: with each right taken away in
// turn the command fails, says which right it is, and has written nothing; then
// with exactly the rights it works.
func (c *cluster) testPermissions(t *testing.T) {
	for i, r := range table {
		t.Run(r.command+r.when, func(t *testing.T) {
			p := c.place(t, fmt.Sprintf("row-%d", i))
			if r.before != nil {
				r.before(p)
			}
			for at, gone := range r.needs {
				p.without(r, at)
				if t.Failed() {
					t.Fatalf("without %s", gone)
				}
			}
			for n := range 1 + strings.Count(strings.Join(r.needs, ""), "|") {
				p.exactly(r, n)
			}
		})
	}
}

// without runs a row's command as a role that lacks one right.
func (p *place) without(r row, at int) {
	p.Helper()
	role := p.role(0, slices.Delete(slices.Clone(r.needs), at, at+1))
	cmd := r.try(p, p.as(role)).Want(1)
	if gone := r.needs[at]; gone == administrator {
		cmd.Says("administrator of the tenant", tenant)
	} else {
		cmd.Says(fmt.Sprintf("%q", strings.Split(gone, "|")[0]), "on namespace "+p.namespace)
	}
	if r.needs[at] == "consume" {
		// Enough to plan: it goes on until the first write that needs it.
		p.Logf("without consume it has written: %v", p.front.done)
	} else {
		p.unwritten(cmd.String())
	}
	p.Logf("without %s: %s", r.needs[at], refusal(cmd.Output()))
}

// exactly runs a row's command as a role that has the rights and no more.
func (p *place) exactly(r row, n int) {
	p.Helper()
	role := p.role(n, r.needs)
	cmd := r.try(p, p.as(role)).Want(0)
	p.Logf("with %v: %d requests, %d of them not GET, in %v", r.needs, p.front.requests, p.front.writes, cmd.Took.Round(1e6))
	if !r.writes {
		p.readOnly(cmd.String())
	}
	if r.writes == (len(p.front.done) == 0) {
		p.Errorf("%s has written %v", cmd, p.front.done)
	}
	if r.command == "validate" && p.front.requests != 0 {
		p.Errorf("validate sent %d requests", p.front.requests)
	}
}

// refusal is the line that names the missing right.
func refusal(text string) string {
	for _, line := range strings.Split(text, "\n") {
		if strings.Contains(line, "the role needs") {
			return strings.TrimSpace(line)
		}
	}
	return text
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
