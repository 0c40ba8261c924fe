package pulsar

import (
	"context"
	"errors"
	"io"
)

func fetch424(ctx context.Context, home string, out io.Writer) error { return errors.New("todo") }
