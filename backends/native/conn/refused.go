package conn

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// Refused tells what was sent and what to do about it when a server does not
// know who we are: servers answer the same to no credentials, wrong ones and
// those that have expired. It shows no secret.
func (s Settings) Refused(ctx context.Context) string {
	const check = "check authPlugin and authParams in client.conf"
	switch s.Auth.Method() {
	case MethodNone:
		if s.TLS.CertFile != "" {
			return "no credentials were sent but the certificate " + s.TLS.CertFile + ", which the server does not take; " + check
		}
		return "no credentials were sent; " + check + ", and that " + EnvClientConf + " names that file"
	case MethodTLS:
		return "the server does not take the client certificate " + s.TLS.CertFile + "; " + check
	case MethodToken, MethodOAuth2:
		where := "from the OAuth2 issuer"
		if t, ok := s.Auth.source.(token); ok {
			where = "from " + t.where
		}
		text, err := s.Auth.Token(ctx)
		if end := expiry(text); err == nil && !end.IsZero() && end.Before(time.Now()) {
			return fmt.Sprintf("the token %s expired at %s; get a new one", where, end.UTC().Format(time.RFC3339))
		}
		return "the server does not take the token " + where + "; " + check
	}
	return "the server does not take these credentials (" + s.Auth.Method() + "); " + check
}

// RefusedCertificateError is a TLS handshake that the server ended because of
// the client's certificate, or because there was none.
type RefusedCertificateError struct {
	Err error
	// Advice is what to do about it.
	Advice string
}

// Error is the server's word and the advice.
func (e *RefusedCertificateError) Error() string { return e.Err.Error() + "; " + e.Advice }

// Unwrap returns the cause.
func (e *RefusedCertificateError) Unwrap() error { return e.Err }

// Explain says of a failed handshake which setting it is about. A refusal of the
// client's certificate gets a type: crypto/tls has none for what the other side says.
func (t TLS) Explain(err error) error {
	var authority x509.UnknownAuthorityError
	if errors.As(err, &authority) {
		return fmt.Errorf("%w; tlsTrustCertsFilePath in client.conf names the authorities that are trusted", err)
	}
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "remote error" || !strings.Contains(op.Err.Error(), "certificate") {
		return err
	}
	advice := "the server wants a client certificate; set tlsCertificateFilePath and tlsKeyFilePath, or authPlugin and authParams, in client.conf"
	if t.CertFile != "" {
		advice = "the server does not take the client certificate " + t.CertFile + "; it has to be of an authority that the server trusts, and still valid"
	}
	return &RefusedCertificateError{Err: op, Advice: advice}
}

// expiry reads the end of life from a JSON web token; zero if it tells none.
func expiry(token string) time.Time {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return time.Time{}
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	var claims struct {
		Exp float64 `json:"exp"`
	}
	if err != nil || json.Unmarshal(raw, &claims) != nil || claims.Exp <= 0 {
		return time.Time{}
	}
	return time.Unix(int64(claims.Exp), 0)
}
