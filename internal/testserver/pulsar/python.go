package pulsar

import (
	"context"
	"errors"
	"io"
)

// Python todo.
func Python(ctx context.Context, out io.Writer) (string, error) { return "", errors.New("todo") }
