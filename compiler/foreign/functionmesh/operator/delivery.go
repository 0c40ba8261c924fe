package operator

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/schema/fields"
)

const effectivelyOnce, atmostOnce = "effectively_once", "atmost_once"

// delivery is the webhook's rules about guarantees, retries and order. Some it has
// for functions alone, though sinks are no different: their instances are Pulsar's.
func delivery(p *pass) {
	if p.Kind == fields.Source {
		return
	}
	guarantee := p.text("processingGuarantee")
	once := guarantee == effectivelyOnce
	if n, ok := p.number("timeout"); ok && n != 0 && once {
		p.refuse("timeout", "A timeout goes with other guarantees than EFFECTIVELY_ONCE only.", "Remove `timeoutMs`, or take ATLEAST_ONCE.")
	}
	retries, _ := p.number("maxMessageRetry")
	if retries > 0 && once {
		p.refuse("maxMessageRetry", "Retries and EFFECTIVELY_ONCE exclude each other.", "Remove `maxMessageRetries`, or take ATLEAST_ONCE.")
	}
	if p.text("deadLetterTopic") != "" && retries <= 0 {
		p.refuse("deadLetterTopic", "A dead letter topic needs `maxMessageRetries` above 0; without, messages are tried for ever.", "Add `maxMessageRetries`, or remove the topic.")
	}
	order, keys := p.truth("retainOrdering"), p.truth("retainKeyOrdering")
	if keys && once {
		p.refuse("retainKeyOrdering", "EFFECTIVELY_ONCE and an order by key exclude each other.", "Remove `retainKeyOrdering`, or take ATLEAST_ONCE.")
	}
	if order && keys {
		p.refuse("retainKeyOrdering", "A component keeps the order of partitions or that of keys, not both.", "Remove one of `retainOrdering` and `retainKeyOrdering`.")
	}
	if ack := p.get("autoAck"); ack != nil && ack.Value == "false" && guarantee == atmostOnce {
		p.refuse("autoAck", "ATMOST_ONCE acknowledges a message before the code gets it, which `autoAck: false` excludes: the instance does not start.", "Remove `autoAck`, or take another guarantee.")
	}
}

func (p *pass) refuse(field, because, hint string) {
	p.report(diag.DeliveryRefused, p.get(field), fmt.Sprintf("The %s: %s", p, because), hint)
}
