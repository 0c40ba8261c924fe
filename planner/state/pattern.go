package state

import (
	"regexp"
	"strings"
	"sync"
)

// compiled keeps the expressions of patterns: a plan asks about the same few again
// and again. nil stands for one that Go does not know.
var compiled sync.Map

// PatternKnown tells whether a pattern of full topic names can be told here. Its
// expression is Java's, of which Go knows the most.
func PatternKnown(pattern string) bool { return expression(pattern) != nil }

// Matches tells whether a pattern takes a topic, given by its full name, as Pulsar's
// client does (TopicList.filterTopics): without the scheme, never a topic of the
// system. A pattern that is not known takes none.
func Matches(pattern, topic string) bool {
	re := expression(pattern)
	_, name, ok := strings.Cut(topic, "://")
	return re != nil && ok && re.MatchString(name) && !strings.Contains(name, "/__")
}

func expression(pattern string) *regexp.Regexp {
	if re, ok := compiled.Load(pattern); ok {
		return re.(*regexp.Regexp)
	}
	_, text, _ := strings.Cut(pattern, "://")
	re, err := regexp.Compile("^(?:" + text + ")$")
	if err != nil {
		re = nil
	}
	compiled.Store(pattern, re)
	return re
}
