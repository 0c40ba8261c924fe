package conn

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"net"
	"strings"
	"testing"
)

func TestRefused(t *testing.T) {
	jwt := func(claims string) string {
		return "e30." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2ln"
	}
	for what, try := range map[string]struct {
		plugin, params, want string
	}{
		"none":        {"", "", "no credentials were sent"},
		"token":       {"token", "token:" + jwt(`{"sub":"a"}`), "does not take the token from authParams"},
		"expired":     {"token", "token:" + jwt(`{"exp":1000000000}`), "expired at 2001-09-09T01:46:40Z"},
		"valid":       {"token", "token:" + jwt(`{"exp":99999999999}`), "does not take the token"},
		"no number":   {"token", "token:" + jwt(`{"exp":"soon"}`), "does not take the token"},
		"no JWT":      {"token", "token:a.b.c", "does not take the token"},
		"unreadable":  {"token", "file:///no/such/file", "does not take the token from /no/such/file"},
		"basic":       {"basic", "userId:u,password:hidden", "(basic)"},
		"certificate": {"tls", "tlsCertFile:/c.pem,tlsKeyFile:/k.pem", "the client certificate /c.pem"},
		"environment": {"token", "env:SOME", "the environment variable SOME"},
	} {
		auth, err := ParseAuth(try.plugin, try.params, func(string) string { return "" })
		if err != nil {
			t.Fatal(err)
		}
		s := Settings{Auth: auth}
		s.TLS.CertFile, s.TLS.KeyFile = auth.ClientCertificate()
		got := s.Refused(context.Background())
		if !strings.Contains(got, try.want) || strings.Contains(got, "hidden") || strings.Contains(got, "e30.") {
			t.Errorf("%s: %s", what, got)
		}
	}
}

func TestExplainHandshake(t *testing.T) {
	alert := &net.OpError{Op: "remote error", Err: errors.New("tls: bad certificate")}
	var refused *RefusedCertificateError
	if err := (TLS{}).Explain(alert); !errors.As(err, &refused) || !strings.Contains(err.Error(), "tlsCertificateFilePath") {
		t.Error(err)
	}
	if err := (TLS{CertFile: "/c.pem"}).Explain(alert); !errors.As(err, &refused) || !strings.Contains(err.Error(), "/c.pem") {
		t.Error(err)
	}
	if err := (TLS{}).Explain(x509.UnknownAuthorityError{}); !strings.Contains(err.Error(), "tlsTrustCertsFilePath") || !errors.As(err, new(x509.UnknownAuthorityError)) {
		t.Error(err)
	}
	for _, other := range []error{nil, errors.New("x"), &net.OpError{Op: "dial", Err: errors.New("certificate")}, &net.OpError{Op: "remote error", Err: errors.New("tls: internal error")}} {
		if got := (TLS{}).Explain(other); got != other {
			t.Errorf("%v became %v", other, got)
		}
	}
}
