package conn

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// Broker is one address of the binary service.
type Broker struct {
	// Host is host:port.
	Host string
	// TLS tells that the address is one of pulsar+ssl.
	TLS bool
}

// String is the address as a URL.
func (b Broker) String() string {
	if b.TLS {
		return "pulsar+ssl://" + b.Host
	}
	return "pulsar://" + b.Host
}

// ParseBroker reads a binary service URL of one host, as a broker advertises it.
func ParseBroker(text string) (Broker, error) {
	all, err := parseBrokers(text)
	if err != nil {
		return Broker{}, err
	}
	return all[0], nil
}

func parseBrokers(text string) ([]Broker, error) {
	clean, err := parseBroker(text)
	if err != nil {
		return nil, err
	}
	scheme, hosts, _ := strings.Cut(clean, "://")
	var out []Broker
	for host := range strings.SplitSeq(hosts, ",") {
		out = append(out, Broker{Host: host, TLS: scheme == "pulsar+ssl"})
	}
	return out, nil
}

// Brokers are the addresses that the user named by --broker-url or in
// client.conf, in order; none if he did not, since a default that fits no
// --admin-url would only lead astray.
func (s Settings) Brokers() ([]Broker, error) {
	if !s.BrokerGiven {
		return nil, nil
	}
	return parseBrokers(s.BrokerURL)
}

// GuessBroker is where Pulsar listens by default on the host of the web service:
// right for one broker and for a Pulsar proxy.
func (s Settings) GuessBroker() (Broker, error) {
	base, err := s.Base()
	if err != nil {
		return Broker{}, err
	}
	b := Broker{TLS: base.Scheme == "https"}
	port := "6650"
	if b.TLS {
		port = "6651"
	}
	b.Host = net.JoinHostPort(base.Hostname(), port)
	return b, nil
}

// TrustBroker tells whether a broker that the cluster names may be connected to
// and get the credentials: its host is that of the web service, of a broker that
// the user named, or allowed. An address in the clear is refused where the web
// service is https and there are credentials. The error is a *RefusedError.
func (s Settings) TrustBroker(b Broker) error {
	u, err := url.Parse("x://" + b.Host)
	if err != nil || u.Hostname() == "" {
		return &RefusedError{fmt.Sprintf("the cluster names the broker %q, which is no address", b.Host)}
	}
	named, err := s.Brokers()
	if err != nil {
		return err
	}
	for _, n := range named {
		if h, _, err := net.SplitHostPort(n.Host); err == nil && sameHost(h, u.Hostname()) && (b.TLS || !n.TLS) {
			return nil
		}
	}
	bases, err := parseBases(first(s.AdminURL, DefaultAdminURL))
	if err != nil {
		return err
	}
	if bases[0].Scheme == "https" && !b.TLS && s.Auth.Method() != MethodNone {
		return &RefusedError{fmt.Sprintf("the web service is https and the broker %s is not: not connected to, since it would show the credentials; name an encrypted one with --broker-url pulsar+ssl://HOST:PORT", b)}
	}
	for _, base := range bases {
		if sameHost(base.Hostname(), u.Hostname()) {
			return nil
		}
	}
	allow, err := parseAllowed(s.AllowedHosts, bases[0].Scheme)
	if err != nil {
		return err
	}
	for _, a := range allow {
		if a.host == "" && strings.HasSuffix(strings.ToLower(u.Hostname()), a.suffix) || a.suffix == "" && sameHost(a.host, u.Hostname()) {
			if a.port == "" || a.port == u.Port() {
				return nil
			}
		}
	}
	return &RefusedError{fmt.Sprintf("the cluster names the broker %s, which is not a configured host; if it is part of the cluster, allow it with %s %s", b, FlagAllowHost, u.Hostname())}
}

// sameHost compares host names; all names of this machine's loopback are one.
func sameHost(a, b string) bool {
	a, b = strings.TrimSuffix(strings.ToLower(a), "."), strings.TrimSuffix(strings.ToLower(b), ".")
	return a == b || loopback(a) && loopback(b)
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// BrokerTLS builds what a connection to the address needs: nil in the clear.
// Errors: a certificate file cannot be read.
func (s Settings) BrokerTLS(b Broker) (*tls.Config, error) {
	if !b.TLS {
		return nil, nil
	}
	cfg, err := s.TLS.Config()
	if err != nil {
		return nil, err
	}
	if cfg == nil {
		cfg = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	return cfg, nil
}

// Binary returns the method's name and data as Pulsar's binary protocol takes
// them in CommandConnect; "" for none. Handle the data as a secret.
func (a Auth) Binary(ctx context.Context) (method string, data []byte, err error) {
	switch a.Method() {
	case MethodToken, MethodOAuth2:
		// Brokers know both as tokens.
		text, err := a.Token(ctx)
		if err != nil {
			return "", nil, &CredentialError{err}
		}
		return "token", []byte(text), nil
	case MethodBasic:
		user, password := a.UserPassword()
		return "basic", []byte(user + ":" + password), nil
	case MethodTLS:
		return "tls", nil, nil
	}
	return "", nil, nil
}
