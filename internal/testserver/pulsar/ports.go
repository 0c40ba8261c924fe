package pulsar

import (
	"fmt"
	"net"

	"github.com/meshc/meshc/internal/testserver/child"
)

// ports are those a server listens on, all on loopback.
type ports struct {
	web, broker, bookie, zookeeper int
	workers                        []int
}

// freePorts picks ports that are free now, one for each worker among them.
func freePorts(workers int) (ports, error) {
	got, err := child.FreePorts(4 + workers)
	if err != nil {
		return ports{}, fmt.Errorf("pulsar: %w", err)
	}
	return ports{got[0], got[1], got[2], got[3], got[4:]}, nil
}

// loopbackInterface returns the name of the interface of 127.0.0.1.
func loopbackInterface() string {
	all, err := net.Interfaces()
	if err == nil {
		for _, i := range all {
			if i.Flags&net.FlagLoopback != 0 && i.Flags&net.FlagUp != 0 {
				return i.Name
			}
		}
	}
	return "lo"
}
