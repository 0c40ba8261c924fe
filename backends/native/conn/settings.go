package conn

import (
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"
)

// Where Pulsar listens when nothing else is said; the values of its own client.conf.
const (
	DefaultAdminURL  = "http://localhost:8080"
	DefaultBrokerURL = "pulsar://localhost:6650"
)

// FlagAllowHost is the command line flag that fills Flags.AllowHosts. Errors
// about a refused redirect name it.
const FlagAllowHost = "--allow-host"

// FlagWorkerURL is the command line flag that fills Flags.WorkerURL.
const FlagWorkerURL = "--worker-url"

// Settings say how to reach one Pulsar cluster. Make them with Load; a value
// filled by hand works too, once its URLs are valid. Printing Settings, in any
// verb or through slog, shows addresses, file names and the kind of
// authentication, never a credential.
type Settings struct {
	// AdminURL is the web service, "http://host:8080" or, tried in this order,
	// "http://a:8080,b:8080". It carries no user and no password.
	AdminURL string
	// WorkerURL is where function workers listen that are processes of their own, in
	// the form of AdminURL; "" for workers inside the brokers. client.conf has no key
	// for it, and pulsar-admin none either: it is given their address as the web service's.
	WorkerURL string
	// BrokerURL is the binary service, "pulsar://host:6650" or
	// "pulsar+ssl://a:6651,b:6651".
	BrokerURL string
	// BrokerGiven tells that BrokerURL was named by the user and is not the default.
	BrokerGiven bool
	// Auth is how to prove who we are; its zero value sends no credentials.
	Auth Auth
	// TLS is used for https and pulsar+ssl.
	TLS TLS
	// AllowedHosts are hosts, beside those of AdminURL, to which a redirect may
	// lead (dedicated function workers, other brokers) and which then get the
	// credentials as well: "host", "host:port", "scheme://host:port" or
	// "*.domain". Without a port, each port of the host is meant. The scheme is
	// that of AdminURL unless it is given.
	AllowedHosts []string
	// Warnings are remarks for the user, free of secrets, about settings that
	// were read but weaken or do not do what they seem to.
	Warnings []string
}

// TLS names the certificate files, all PEM, and what is not checked.
type TLS struct {
	// TrustCertsFile holds the authorities that are trusted; empty: those of the system.
	TrustCertsFile string
	// CertFile and KeyFile are the client's own certificate, for mutual TLS.
	CertFile, KeyFile string
	// AllowInsecure accepts any certificate of the server.
	AllowInsecure bool
	// SkipHostname accepts a trusted certificate of another host name.
	SkipHostname bool
}

// String is one line about the settings, without any credential.
func (s Settings) String() string {
	parts := []string{"admin " + withoutUser(s.AdminURL), "broker " + withoutUser(s.BrokerURL), "auth " + s.Auth.String()}
	if s.WorkerURL != "" {
		parts = append(parts, "worker "+withoutUser(s.WorkerURL))
	}
	if s.TLS != (TLS{}) {
		parts = append(parts, fmt.Sprintf("tls trust=%q cert=%q key=%q insecure=%t skipHostname=%t",
			s.TLS.TrustCertsFile, s.TLS.CertFile, s.TLS.KeyFile, s.TLS.AllowInsecure, s.TLS.SkipHostname))
	}
	if len(s.AllowedHosts) > 0 {
		parts = append(parts, "allowed hosts "+strings.Join(s.AllowedHosts, ","))
	}
	return strings.Join(parts, ", ")
}

// Format writes String for each verb, so that %+v and %#v leak nothing.
func (s Settings) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue gives slog the same words as String, as a group.
func (s Settings) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("adminUrl", withoutUser(s.AdminURL)),
		slog.String("brokerUrl", withoutUser(s.BrokerURL)),
		slog.String("auth", s.Auth.String()))
}

// MarshalText is String too, so that an encoder cannot reach the credentials.
func (s Settings) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Base returns the first address of the web service, to which requests are made;
// the transport sends them to the others when it has to.
func (s Settings) Base() (*url.URL, error) {
	b, err := parseBases(first(s.AdminURL, DefaultAdminURL))
	if err != nil {
		return nil, err
	}
	return b[0], nil
}

// WorkerBase is Base for requests to function workers.
func (s Settings) WorkerBase() (*url.URL, error) {
	if s.WorkerURL == "" {
		return s.Base()
	}
	b, err := parseBases(s.WorkerURL)
	if err != nil {
		return nil, err
	}
	return b[0], nil
}
