package operator

import (
	"fmt"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
)

// scale is the webhook's validateReplicasAndMinReplicasAndMaxReplicas. A resource
// without instances cannot be created: minReplicas is 1 by the schema's default,
// and may not be above replicas.
func scale(p *pass) {
	replicas, has := p.number("replicas")
	least, hasLeast := p.number("minReplicas")
	most, hasMost := p.number("maxReplicas")
	at := p.get("minReplicas")
	switch {
	case has && replicas < 0:
		p.report(diag.ScaleRefused, p.get("replicas"), fmt.Sprintf("The %s cannot have fewer than 0 instances.", p), "Give a number from 1.")
	case has && replicas == 0 && hasMost:
		p.report(diag.ScaleRefused, p.get("replicas"), fmt.Sprintf("The %s has no instances, and `maxReplicas` that turns autoscaling on: an autoscaler never starts from 0.", p), "Give a number from 1, or remove `maxReplicas`.")
	case has && replicas == 0:
		p.report(diag.ScaleRefused, p.get("replicas"), fmt.Sprintf("The %s cannot be created without instances: the operator wants one at least. A resource that is there can be brought to 0.", p), "Create it with one instance.")
	}
	switch {
	case hasLeast && least <= 0:
		p.report(diag.ScaleRefused, at, fmt.Sprintf("`minReplicas` of the %s has to be above 0.", p), "Give a number from 1.")
	case hasLeast && hasMost && least > most:
		if !p.given(at) {
			at = p.get("maxReplicas")
		}
		p.report(diag.ScaleRefused, at, fmt.Sprintf("The %s has at least %d instances and at most %d.", p, least, most), "Give a `maxReplicas` that is not below `minReplicas`.")
	case hasLeast && has && replicas > 0 && least > replicas:
		p.report(diag.ScaleRefused, at, fmt.Sprintf("The %s starts with %d instances, fewer than its `minReplicas` of %d.", p, replicas, least), "Raise `parallelism`, or lower `kubernetes.minReplicas`.")
	}
	if hasMost && has && replicas > most && (!hasLeast || least <= most) {
		p.report(diag.ScaleRefused, p.get("maxReplicas"), fmt.Sprintf("The %s starts with %d instances, more than its `maxReplicas` of %d.", p, replicas, most), "Lower `parallelism`, or raise `kubernetes.maxReplicas`.")
	}
}

// utilizations are the rules that the operator knows under pod.builtinAutoscaler;
// it passes others over.
var utilizations = []string{
	"AverageUtilizationCPUPercent80", "AverageUtilizationCPUPercent50", "AverageUtilizationCPUPercent20",
	"AverageUtilizationMemoryPercent80", "AverageUtilizationMemoryPercent50", "AverageUtilizationMemoryPercent20",
}

// autoscaler looks at what scales: one HPA or one VPA, and rules that do something.
// The webhook's rule about two of a sort is there for functions alone.
func autoscaler(p *pass) {
	_, scaled := p.number("maxReplicas")
	vpa := p.get("pod", "vpa")
	if vpa != nil && scaled {
		p.report(diag.ScaleRefused, vpa, fmt.Sprintf("The %s has a vertical autoscaler and, by `maxReplicas`, a horizontal one; they cannot both be on.", p), "Keep one of the two.")
	}
	for _, policy := range items(get(vpa, "resourcePolicy", "containerPolicies")) {
		if textOf(get(policy, "containerName")) == "" {
			p.report(diag.ScaleRefused, policy, fmt.Sprintf("A policy of the vertical autoscaler of the %s names no container.", p), fmt.Sprintf("Add `containerName: pulsar-%s`, or `*`.", p.Kind))
		}
	}
	sorts := map[string]bool{}
	for _, rule := range items(p.get("pod", "builtinAutoscaler")) {
		known := false
		for _, u := range utilizations {
			known = known || u == rule.Value
		}
		if !known {
			p.report(diag.ScaleRefused, rule, fmt.Sprintf("The operator has no rule `%s` for scaling, and passes it over.", rule.Shown()), near(rule.Value, utilizations, "The rules are "+quoted(utilizations)+"."))
			continue
		}
		sort := strings.TrimRight(rule.Value, "0123456789")
		if sorts[sort] {
			p.report(diag.ScaleRefused, rule, fmt.Sprintf("The %s has two rules of one sort for scaling (%s...).", p, sort), "Keep one for CPU and one for memory at most.")
		}
		sorts[sort] = true
	}
	for _, name := range []string{"builtinAutoscaler", "autoScalingMetrics", "autoScalingBehavior"} {
		if n := p.get("pod", name); n != nil && !scaled {
			p.report(diag.Disregarded, n, fmt.Sprintf("`pod.%s` of the %s does nothing without `maxReplicas`.", name, p), "Add `kubernetes.maxReplicas`, which turns autoscaling on.")
		}
	}
}
