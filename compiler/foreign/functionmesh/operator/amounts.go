package operator

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
)

// leastMemory is below what any process runs in; an amount under it is a slip of
// the suffix (512m is half a byte).
var leastMemory = big.NewRat(1<<20, 1)

// amounts is the webhook's validResourceRequirement: memory has a request and a
// limit above 0, and no request is above its limit. What it fills in by itself it
// writes into a copy, so nothing is filled in. The rest are rules of Kubernetes for
// pods, which the operator meets when it makes them.
func amounts(p *pass) {
	requests, limits := p.get("resources", "requests"), p.get("resources", "limits")
	for _, side := range []struct {
		name string
		n    *syntax.Node
	}{{"request", requests}, {"limit", limits}} {
		memory := get(side.n, "memory")
		amount, ok := Amount(memory)
		switch {
		case memory == nil:
			at := side.n
			if at == nil {
				at = p.get("resources")
			}
			p.report(diag.AmountRefused, at, fmt.Sprintf("The %s has no memory %s, and the operator takes none without.", p, side.name),
				"Give `resources: {ram: 1073741824}` and `kubernetes: {limits: {memory: 1Gi}}`; without `kubernetes.limits` the limit is the request.")
		case ok && amount.Sign() == 0:
			p.report(diag.AmountRefused, memory, fmt.Sprintf("The memory %s of the %s is 0.", side.name, p), "Give an amount such as 512Mi.")
		case ok && amount.Cmp(leastMemory) < 0:
			hint := "Give an amount such as 512Mi."
			if number, thousandths := strings.CutSuffix(memory.Value, "m"); thousandths {
				hint = fmt.Sprintf("`m` stands for thousandths: did you mean %sMi?", number)
			}
			p.report(diag.AmountRefused, memory, fmt.Sprintf("The memory %s of the %s, `%s`, is less than any process runs in.", side.name, p, memory.Shown()), hint)
		}
	}
	for _, pair := range pairs(requests) {
		limit := get(limits, pair.Key.Value)
		want, ok := Amount(pair.Value)
		most, limited := Amount(limit)
		// The webhook lets a limit of 0 stand for none where cpu is concerned.
		if !ok || limited && most.Sign() == 0 && pair.Key.Value == "cpu" {
			continue
		}
		switch extended := strings.Contains(pair.Key.Value, "/") || strings.HasPrefix(pair.Key.Value, "hugepages-"); {
		case limited && want.Cmp(most) > 0:
			at := pair.Value
			if !p.given(at) {
				at = limit
			}
			p.report(diag.AmountRefused, at, fmt.Sprintf("The %s asks for more `%s` (%s) than its limit (%s).", p, pair.Key.Value, pair.Value.Shown(), limit.Shown()),
				"Raise the limit under `kubernetes.limits`, or lower what `resources` asks for.")
		case extended && limit == nil:
			p.report(diag.AmountRefused, pair.Value, fmt.Sprintf("The %s asks for `%s` without a limit, which Kubernetes refuses for such resources.", p, pair.Key.Value), "Give the same amount under `kubernetes.limits`.")
		case extended && limited && want.Cmp(most) != 0:
			p.report(diag.AmountRefused, pair.Value, fmt.Sprintf("The %s asks for another amount of `%s` than its limit, which Kubernetes refuses for such resources.", p, pair.Key.Value), "Give the same amount in both places.")
		}
	}
	for _, side := range []*syntax.Node{requests, limits} {
		for _, pair := range pairs(side) {
			if !qualifiedName(pair.Key.Value) {
				p.report(diag.AmountRefused, pair.Key, fmt.Sprintf("No resource can be named `%s`.", pair.Key.Shown()), "Resources are cpu, memory, ephemeral-storage, or have a domain and a slash in front, such as example.com/gpu.")
			} else if !strings.Contains(pair.Key.Value, "/") && !standard(pair.Key.Value) {
				p.report(diag.AmountRefused, pair.Key, fmt.Sprintf("Containers have no resource `%s`, and Kubernetes refuses pods that ask for it.", pair.Key.Shown()),
					near(pair.Key.Value, standardResources, "Those of Kubernetes are "+quoted(standardResources)+"; others have a domain in front, such as example.com/gpu."))
			}
		}
	}
}

// standardResources are those of containers without a domain (core/v1).
var standardResources = []string{"cpu", "memory", "ephemeral-storage"}

func standard(name string) bool {
	for _, s := range standardResources {
		if s == name {
			return true
		}
	}
	// The operator's own name for the disk of Pulsar's resources.
	return strings.HasPrefix(name, "hugepages-") || name == "storage"
}
