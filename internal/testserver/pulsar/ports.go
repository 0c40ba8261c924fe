package pulsar

import (
	"errors"
	"math/rand/v2"
	"net"
	"strconv"
)

// ports are those a server listens on, all on loopback.
type ports struct {
	web, broker, bookie, zookeeper int
	workers                        []int
}

// freePorts picks ports that are free now, one for each worker among them. They lie below the range from which
// systems take the ports of outgoing connections (32768 on Linux, 49152 on
// macOS), so that a server that was killed finds them free when it is started
// again. Somebody may still grab one meanwhile: [Start] then tries others.
func freePorts(workers int) (ports, error) {
	var got []int
	for range 1000 {
		if p := 15000 + rand.IntN(17000); portFree(p) {
			if got = append(got, p); len(got) == 4+workers {
				return ports{got[0], got[1], got[2], got[3], got[4:]}, nil
			}
		}
	}
	return ports{}, errors.New("pulsar: found no free loopback ports between 15000 and 32000")
}

func portFree(port int) bool {
	l, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return false
	}
	l.Close()
	return true
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
