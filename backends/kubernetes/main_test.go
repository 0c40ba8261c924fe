package kubernetes_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/meshc/meshc/internal/testserver/k8s/k8stest"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
)

func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		// Tests wait for servers most of the time.
		_ = f.Value.Set("6")
	}
	code := m.Run()
	if err := errors.Join(k8stest.StopShared(), pulsartest.StopShared()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}
