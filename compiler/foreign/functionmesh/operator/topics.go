package operator

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

var place = regexp.MustCompile(`^[-=:.\w]+$`)

// LegalTopic tells whether the operator takes a name for a topic
// (pulsaradmin/pkg/utils.GetTopicName): a topic, tenant/namespace/topic, or that
// with persistent:// or non-persistent:// in front. It takes patterns for names.
func LegalTopic(name string) bool {
	domain, rest, full := strings.Cut(name, "://")
	if !full {
		switch parts := strings.Split(name, "/"); len(parts) {
		case 1:
			return name != ""
		case 3:
			rest = name
		default:
			return false
		}
	} else if domain != "persistent" && domain != "non-persistent" {
		return false
	}
	parts := strings.SplitN(rest, "/", 3)
	return len(parts) == 3 && place.MatchString(parts[0]) && place.MatchString(parts[1]) && parts[2] != ""
}

// topics is the webhook's validateInputOutput and what it says of other topics.
// Sources and sinks are checked like functions, which the webhook leaves out in part.
func topics(p *pass) {
	check := func(what string, n *syntax.Node) bool {
		if n == nil || n.Kind != syntax.Scalar || LegalTopic(n.Value) {
			return true
		}
		hint := "Write it as persistent://tenant/namespace/topic."
		if strings.HasPrefix(what, "pattern") {
			hint = "A pattern has tenant and namespace as plain text: persistent://tenant/namespace/PATTERN."
		}
		p.report(diag.TopicRefused, n, fmt.Sprintf("The operator takes the %s of the %s for no name of a topic.", what, p), hint)
		return false
	}
	input := p.get("input")
	for _, t := range items(get(input, "topics")) {
		check("input `"+t.Shown()+"`", t)
	}
	if pattern := get(input, "topicPattern"); !check("pattern `"+textOf(pattern)+"`", pattern) && p.truth("cleanupSubscription") {
		last := &(*p.list)[len(*p.list)-1]
		last.Hints = append(last.Hints, "With `cleanupSubscription` an update to it ends the operator's process, for all resources.")
	}
	for _, name := range []string{"sourceSpecs", "customSerdeSources", "customSchemaSources"} {
		for _, s := range pairs(get(input, name)) {
			what := "input `" + s.Key.Shown() + "`"
			if isTrue(get(s.Value, "isRegexPattern")) {
				what = "pattern `" + s.Key.Shown() + "`"
			}
			check(what, s.Key)
			if size, ok := number(get(s.Value, "receiverQueueSize")); name == "sourceSpecs" && ok && size < 0 {
				p.report(diag.TopicRefused, get(s.Value, "receiverQueueSize"), fmt.Sprintf("`receiverQueueSize` of an input of the %s is below 0.", p), "Give a number from 0.")
			}
		}
	}
	if p.Kind != fields.Source && !p.reads() && p.runtime() != "golang" && (p.Kind != fields.Function || p.get("sourceConfig") == nil) {
		p.report(diag.TopicRefused, input, fmt.Sprintf("The %s has no input.", p), "Name a topic under `inputs`.")
	}
	if p.Kind == fields.Source && p.text("output", "topic") == "" {
		p.report(diag.TopicRefused, p.get("output"), fmt.Sprintf("The %s has no output: the operator takes it, and nothing comes of what it reads.", p), "Name a topic as its output.")
	}
	for _, path := range [][]string{{"output", "topic"}, {"logTopic"}, {"deadLetterTopic"}, {"windowConfig", "lateDataTopic"}} {
		n := p.get(path...)
		check("topic `"+textOf(n)+"`", n)
	}
	pattern := get(input, "topicPattern") != nil
	for _, s := range pairs(get(input, "sourceSpecs")) {
		pattern = pattern || isTrue(get(s.Value, "isRegexPattern"))
	}
	if pattern && p.truth("cleanupSubscription") {
		p.report(diag.OtherMeaning, p.get("cleanupSubscription"), fmt.Sprintf("When the %s is deleted, the operator's clean-up deletes its subscription on all topics of the namespace, and not only on those that the pattern takes.", p), "Turn `cleanupSubscription` off; `meshc destroy` deletes the subscriptions of the mesh.")
	}
}

// reads tells whether there is an input of whatever form.
func (p *pass) reads() bool {
	if len(items(p.get("input", "topics"))) > 0 || p.text("input", "topicPattern") != "" {
		return true
	}
	for _, name := range []string{"sourceSpecs", "customSerdeSources", "customSchemaSources"} {
		if len(pairs(p.get("input", name))) > 0 {
			return true
		}
	}
	return false
}

// encryption is the webhook's part of keys: a reader for each, and for functions keys
// to encrypt with. Sources without them send in the clear, as on function workers.
func encryption(p *pass) {
	reader := func(where string, config *syntax.Node) {
		if config != nil && textOf(get(config, "cryptoKeyReaderClassName")) == "" {
			p.report(diag.TopicRefused, config, fmt.Sprintf("The encryption of %s of the %s names no class that reads keys.", where, p), "Give `cryptoKeyReaderClassName`.")
		}
	}
	for _, s := range pairs(p.get("input", "sourceSpecs")) {
		reader("the input `"+s.Key.Shown()+"`", get(s.Value, "cryptoConfig"))
	}
	config := p.get("output", "producerConf", "cryptoConfig")
	if p.Kind != fields.Function || p.text("output", "topic") == "" {
		return
	}
	reader("the output", config)
	if config != nil && len(items(get(config, "encryptionKeys"))) == 0 {
		p.report(diag.TopicRefused, config, fmt.Sprintf("The encryption of the output of the %s names no key.", p), "Give `encryptionKeys`.")
	}
}
