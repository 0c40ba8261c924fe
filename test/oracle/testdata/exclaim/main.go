// Command exclaim is a function in Go.
package main

import (
	"context"

	"github.com/apache/pulsar/pulsar-function-go/pf"
)

func main() {
	pf.Start(func(_ context.Context, in []byte) ([]byte, error) { return append(in, '!'), nil })
}
