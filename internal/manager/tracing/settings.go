package tracing

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// settings are what the environment says about where traces go, as OpenTelemetry's
// specification of OTLP exporters has it (opentelemetry.io/docs/specs/otel/protocol/exporter).
type settings struct {
	endpoint *url.URL
	header   http.Header
	timeout  time.Duration
	gzip     bool
	tls      *tls.Config
}

// defaultTimeout bounds how long it may take to send a batch, with all tries.
const defaultTimeout = 10 * time.Second

// env reads a variable of OTLP exporters: that for traces comes before that for all signals.
type env func(string) string

func (e env) otlp(name string) (key, value string) {
	for _, key := range []string{"OTEL_EXPORTER_OTLP_TRACES_" + name, "OTEL_EXPORTER_OTLP_" + name} {
		if v := strings.TrimSpace(e(key)); v != "" {
			return key, v
		}
	}
	return "OTEL_EXPORTER_OTLP_" + name, ""
}

// readSettings reads the environment; nil is for no traces. Errors name the variable,
// never a value: headers hold credentials.
func readSettings(e env) (*settings, error) {
	key, endpoint := e.otlp("ENDPOINT")
	exporter := strings.TrimSpace(e("OTEL_TRACES_EXPORTER"))
	switch {
	case endpoint == "", strings.EqualFold(strings.TrimSpace(e("OTEL_SDK_DISABLED")), "true"), exporter == "none":
		return nil, nil
	case exporter != "" && exporter != "otlp":
		return nil, errors.New("OTEL_TRACES_EXPORTER: otlp and none are known")
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%s is no address such as http://collector:4318", key)
	}
	if !strings.Contains(key, "_TRACES_") {
		u = u.JoinPath("v1", "traces")
	}
	s := &settings{endpoint: u, timeout: defaultTimeout}
	// http/protobuf is the default of the specification, which receivers take at the same
	// path as JSON; gRPC has a port of its own.
	if key, v := e.otlp("PROTOCOL"); v != "" && v != "http/protobuf" && v != "http/json" {
		return nil, fmt.Errorf("%s: traces are sent by HTTP only: http/json, at the receiver's port for HTTP (4318)", key)
	}
	if key, v := e.otlp("TIMEOUT"); v != "" {
		ms, err := strconv.Atoi(v)
		if err != nil || ms <= 0 {
			return nil, fmt.Errorf("%s is no number of milliseconds", key)
		}
		s.timeout = time.Duration(ms) * time.Millisecond
	}
	if key, v := e.otlp("COMPRESSION"); v == "gzip" {
		s.gzip = true
	} else if v != "" && v != "none" {
		return nil, fmt.Errorf("%s: gzip and none are known", key)
	}
	if s.header, err = readHeader(e.otlp("HEADERS")); err != nil {
		return nil, err
	}
	s.tls, err = readTLS(e)
	return s, err
}

// readHeader reads KEY=VALUE,KEY=VALUE with percent-encoded values.
func readHeader(key, text string) (http.Header, error) {
	h := http.Header{}
	for pair := range strings.SplitSeq(text, ",") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		name, value, ok := strings.Cut(pair, "=")
		value, err := url.PathUnescape(strings.TrimSpace(value))
		if name = strings.TrimSpace(name); !ok || name == "" || err != nil {
			return nil, fmt.Errorf("%s is not of the form NAME=VALUE,NAME=VALUE with percent-encoded values", key)
		}
		h.Set(name, value)
	}
	return h, nil
}

// readTLS reads whom to trust, and who we are; nil is for what the system says.
func readTLS(e env) (*tls.Config, error) {
	caKey, ca := e.otlp("CERTIFICATE")
	certKey, cert := e.otlp("CLIENT_CERTIFICATE")
	_, key := e.otlp("CLIENT_KEY")
	if ca == "" && cert == "" {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if ca != "" {
		text, err := os.ReadFile(ca)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", caKey, err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("%s: %s holds no certificate", caKey, ca)
		}
	}
	if cert != "" {
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", certKey, err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}
