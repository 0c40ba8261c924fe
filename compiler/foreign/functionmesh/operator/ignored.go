package operator

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// ignored looks for what the operator takes and does nothing with.
func ignored(p *pass) {
	say := func(n *syntax.Node, because, hint string) {
		if n != nil && p.given(n) && !p.said(n) {
			p.report(diag.Disregarded, n, fmt.Sprintf("The %s: %s", p, because), hint)
		}
	}
	say(p.get("imagePullPolicy"), "`imagePullPolicy` does nothing, since the operator writes its own over it.", "Remove it; the operator's configuration says it for all.")
	if config := p.get("statefulConfig", "pulsar", "javaProvider", "config"); len(pairs(config)) > 0 {
		say(config, "the API server drops what stands under `javaProvider.config`.", "Let the provider take its settings from elsewhere.")
	}
	if p.Kind == fields.Function {
		say(p.get("sourceConfig", "batchSourceConfig"), "`batchSourceConfig` does nothing for a source within a function.", "Make the source a node of its own.")
		if p.get("volumeClaimTemplates") == nil {
			say(p.get("persistentVolumeClaimRetentionPolicy"), "`persistentVolumeClaimRetentionPolicy` does nothing without `volumeClaimTemplates`.", "Remove it.")
		}
	} else {
		if agent := p.get("logTopicAgent"); textOf(agent) == "runtime" && p.text("logTopic") != "" {
			say(agent, fmt.Sprintf("lines of a %s reach its `logTopic` by the sidecar only.", p.Kind), "Use `logTopicAgent: sidecar`.")
		}
	}
	if p.text("logTopic") == "" {
		for _, name := range []string{"logTopicAgent", "filebeatImage"} {
			say(p.own(name), fmt.Sprintf("`%s` does nothing without `logTopic`.", name), "Remove it.")
		}
	}
	if part, ok := parts[p.runtime()]; ok && p.text(p.runtime(), part.location) == "" {
		say(p.own("downloaderImage"), "`downloaderImage` does nothing, since the code is in the image.", "Remove it.")
		say(p.own("pulsarPackageService"), "`pulsarPackageService` does nothing, since no package is downloaded.", "Remove it.")
	}
	if !p.truth("cleanupSubscription") && p.get("batchSourceConfig") == nil {
		say(p.own("cleanupImage"), "`cleanupImage` does nothing without `cleanupSubscription`.", "Remove it.")
		say(p.own("pulsar", "cleanupAuthConfig"), "`cleanupAuthConfig` does nothing without `cleanupSubscription`.", "Remove it.")
	}
	if p.get("pulsar", "authConfig") != nil {
		say(p.own("pulsar", "authSecret"), "`authConfig` takes the place of `authSecret`, which does nothing.", "Remove one of the two.")
	}
	if p.get("pulsar", "tlsConfig") != nil {
		say(p.own("pulsar", "tlsSecret"), "`tlsConfig` takes the place of `tlsSecret`, which does nothing.", "Remove one of the two.")
	}
	if p.get("maxReplicas") == nil {
		if n, ok := p.number("minReplicas"); ok && n > 1 {
			say(p.own("minReplicas"), "`minReplicas` does nothing without `maxReplicas`, which turns autoscaling on.", "Remove it, or add `maxReplicas`.")
		}
	}
}
