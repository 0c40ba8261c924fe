package operator

import (
	"strings"
	"testing"
)

func TestNamesOfResources(t *testing.T) {
	for name, good := range map[string]bool{
		"a": true, "a-b1": true, strings.Repeat("a", 43): true, strings.Repeat("a", 44): false,
		"": false, "1a": false, "-a": false, "a-": false, "A": false, "a_b": false, "a.b": false, "ä": false,
	} {
		if (BadName(name) == "") != good {
			t.Errorf("%q: %q", name, BadName(name))
		}
	}
}

// The names are those of pulsar-client-go's GetTopicName.
func TestLegalTopics(t *testing.T) {
	for name, good := range map[string]bool{
		"in": true, "public/default/in": true, "persistent://public/default/in": true, "non-persistent://public/default/in": true,
		"persistent://public/default/a/b": true, "persistent://public/default/in-.*": true, "persistent://a.b/c=d/x": true,
		"": false, "public/in": false, "a/b/c/d": false, "persistent://public/in": false, "persistent://public/default/": false,
		"persistent:///default/in": false, "http://public/default/in": false, "persistent://public/.*": false, "persistent://(a|b)/c/d": false,
	} {
		if LegalTopic(name) != good {
			t.Errorf("%q: %v", name, !good)
		}
	}
}
