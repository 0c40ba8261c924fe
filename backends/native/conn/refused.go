package conn

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
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
