package native

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/meshc/meshc/planner/state"
)

const (
	// logLines is how many of the last lines of a log are told.
	logLines = 10
	// logWait bounds the look at a log: what it explains has failed already.
	logWait = 5 * time.Second
)

// withLog waits for something about a component and adds to its failure what came
// into the component's log meanwhile, where its logTopic keeps one. An instance's
// last words are often only there.
func (b *Backend) withLog(ctx context.Context, f *state.Component, wait func() error) error {
	topic, _ := f.Fields["logTopic"].(string)
	if topic == "" {
		return wait()
	}
	// Without the positions the log would be told from its beginning.
	before, logErr := b.client.TopicPositions(ctx, topic)
	err := wait()
	if err == nil || logErr != nil || errors.Is(err, context.Canceled) {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), logWait)
	defer cancel()
	messages, logErr := b.client.LastMessages(ctx, topic, before, logLines)
	if logErr != nil || len(messages) == 0 {
		return err // the failure itself is what counts
	}
	var lines []string
	for _, m := range messages {
		lines = append(lines, strings.Split(strings.TrimRight(string(m), "\n"), "\n")...)
	}
	lines = lines[max(0, len(lines)-logLines):]
	return fmt.Errorf("%w\nthe end of its log (%s):\n  %s", err, topic, strings.Join(lines, "\n  "))
}
