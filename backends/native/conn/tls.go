package conn

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"
)

// Config builds the TLS configuration; nil for a zero TLS. The client's own
// certificate is read again for each handshake, so that rotation works.
func (t TLS) Config() (*tls.Config, error) {
	if t == (TLS{}) {
		return nil, nil
	}
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if t.TrustCertsFile != "" {
		pem, err := os.ReadFile(t.TrustCertsFile)
		if err != nil {
			return nil, fmt.Errorf("cannot read the trusted certificates: %w", err)
		}
		cfg.RootCAs = x509.NewCertPool()
		if !cfg.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no PEM certificate; tlsTrustCertsFilePath must name a PEM file", t.TrustCertsFile)
		}
	}
	if t.CertFile != "" {
		load := func() (*tls.Certificate, error) {
			cert, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
			if err != nil {
				return nil, fmt.Errorf("cannot load the client certificate %s with the key %s: %w", t.CertFile, t.KeyFile, err)
			}
			return &cert, nil
		}
		if _, err := load(); err != nil {
			return nil, err
		}
		cfg.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return load() }
	}
	switch {
	case t.AllowInsecure:
		cfg.InsecureSkipVerify = true
	case t.SkipHostname:
		// The standard check cannot leave out the name only: switch it off and check the chain here.
		cfg.InsecureSkipVerify = true
		roots := cfg.RootCAs
		cfg.VerifyConnection = func(state tls.ConnectionState) error { return verifyChain(state, roots) }
	}
	return cfg, nil
}

func verifyChain(state tls.ConnectionState, roots *x509.CertPool) error {
	opts := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool()}
	for _, cert := range state.PeerCertificates[1:] {
		opts.Intermediates.AddCert(cert)
	}
	if _, err := state.PeerCertificates[0].Verify(opts); err != nil {
		return &tls.CertificateVerificationError{UnverifiedCertificates: state.PeerCertificates, Err: err}
	}
	return nil
}

// IsTLS tells whether err is a failed TLS handshake: an untrusted certificate,
// a wrong host name, a protocol that does not fit, or plain HTTP on that port.
func IsTLS(err error) bool {
	var verify *tls.CertificateVerificationError
	var alert tls.AlertError
	var header tls.RecordHeaderError
	return errors.As(err, &verify) || errors.As(err, &alert) || errors.As(err, &header) ||
		(err != nil && (strings.Contains(err.Error(), "TLS handshake") || strings.Contains(err.Error(), "HTTP response to HTTPS client")))
}
