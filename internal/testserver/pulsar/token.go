package pulsar

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
)

// AdminRole is the superuser of a server with [Options.Auth].
const AdminRole = "admin"

// Token returns a token that proves the role subject to this server: a JSON
// web token without an end of life, signed by HS256 with the server's secret.
// A server without [Options.Auth] takes no notice of tokens. The token is
// empty for a server that this process did not start.
func (s *Server) Token(subject string) string {
	if s.secret == nil {
		return ""
	}
	return signToken(s.secret, subject)
}

// AdminToken returns the token of [AdminRole].
func (s *Server) AdminToken() string { return s.Token(AdminRole) }

func signToken(secret []byte, subject string) string {
	claims, _ := json.Marshal(struct { // a struct of one string always encodes
		Sub string `json:"sub"`
	}{subject})
	b64 := base64.RawURLEncoding
	text := b64.EncodeToString([]byte(`{"alg":"HS256"}`)) + "." + b64.EncodeToString(claims)
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(text))
	return text + "." + b64.EncodeToString(mac.Sum(nil))
}
