package child

import (
	"errors"
	"math/rand/v2"
	"net"
	"strconv"
)

// FreePorts returns n different loopback ports that are free now. They lie below
// the range from which systems take the ports of outgoing connections (32768 on
// Linux, 49152 on macOS), so that a server that was killed finds them free when it
// is started again. Somebody may still grab one meanwhile: a starter tries again
// with others.
func FreePorts(n int) ([]int, error) {
	var got []int
	seen := map[int]bool{}
	for range 1000 {
		if p := 15000 + rand.IntN(17000); !seen[p] && portFree(p) {
			seen[p] = true
			if got = append(got, p); len(got) >= n {
				return got, nil
			}
		}
	}
	return nil, errors.New("found no free loopback ports between 15000 and 32000")
}

func portFree(port int) bool {
	l, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return false
	}
	l.Close()
	return true
}
