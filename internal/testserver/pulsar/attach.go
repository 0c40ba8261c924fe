package pulsar

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// AttachEnv names the environment variable that says that a server runs
// already, for tests to share: its admin URL and its broker URL, with a comma
// between. The command test/pulsar/cmd/pulsarserver sets it.
const AttachEnv = "MESHC_TEST_PULSAR"

// Attach returns the running server that urls (a value of [AttachEnv]) names.
// It is an error when nothing answers there. The server is not this process's
// own: Stop and Kill do nothing to it, Restart is an error, there are no tokens.
func Attach(ctx context.Context, urls string) (*Server, error) {
	admin, broker, ok := strings.Cut(urls, ",")
	s := &Server{AdminURL: strings.TrimSuffix(strings.TrimSpace(admin), "/"), BrokerURL: strings.TrimSpace(broker)}
	if !ok || !strings.HasPrefix(s.AdminURL, "http") || !strings.HasPrefix(s.BrokerURL, "pulsar") {
		return nil, fmt.Errorf("pulsar: %q is not an admin URL, a comma and a broker URL; unset %s, or set it like http://127.0.0.1:8080,pulsar://127.0.0.1:6650", urls, AttachEnv)
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	version, err := s.get(ctx, "/admin/v2/brokers/version")
	if err != nil {
		return nil, fmt.Errorf("pulsar: no server answers at %s: %w; start it, or unset %s", s.AdminURL, err, AttachEnv)
	}
	s.Version = strings.TrimSpace(string(version))
	return s, nil
}
