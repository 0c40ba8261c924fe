package cli

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
)

// errNotAgreed ends a command after another answer than yes.
var errNotAgreed = errors.New("the answer was not 'yes'; nothing was written")

// ask asks on the terminal whether to go on. A signal ends the wait.
func (f *Factory) ask(ctx context.Context) error {
	_, _ = io.WriteString(f.Err, "\nCarry out this plan? Only 'yes' is accepted: ")
	answer := make(chan string, 1)
	go func() {
		// This read cannot be called off; when a signal ends the wait the process ends, too.
		line, _ := bufio.NewReader(f.In).ReadString('\n')
		answer <- strings.TrimSpace(line)
	}()
	select {
	case <-ctx.Done():
		f.say("")
		return context.Cause(ctx)
	case a := <-answer:
		if a != "yes" {
			return errNotAgreed
		}
		return nil
	}
}
