package conn

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"strings"
)

// Auth is one way to authenticate. Its zero value sends nothing. Whatever prints
// it shows the name of the method only.
type Auth struct {
	method string
	source credential
	// cert and key are file names, for the method tls.
	cert, key string
}

// credential yields the value of the Authorization header, asked anew for each
// request so that rotated tokens are picked up.
type credential interface {
	authorization(ctx context.Context) (string, error)
}

// Methods are the names of what Auth.Method returns, and the short names that
// authPlugin accepts.
const (
	MethodNone   = "none"
	MethodToken  = "token"
	MethodTLS    = "tls"
	MethodBasic  = "basic"
	MethodOAuth2 = "oauth2"
)

const javaAuth = "org.apache.pulsar.client.impl.auth."

// plugins maps the names of authPlugin to methods. The class names are those of
// Pulsar's Java client, since that is who client.conf is written for.
var plugins = map[string]string{
	"":                                       MethodNone,
	MethodToken:                              MethodToken,
	MethodTLS:                                MethodTLS,
	MethodBasic:                              MethodBasic,
	MethodOAuth2:                             MethodOAuth2,
	javaAuth + "AuthenticationToken":         MethodToken,
	javaAuth + "AuthenticationTls":           MethodTLS,
	javaAuth + "AuthenticationBasic":         MethodBasic,
	javaAuth + "AuthenticationDisabled":      MethodNone,
	javaAuth + "oauth2.AuthenticationOAuth2": MethodOAuth2,
}

// ParseAuth reads authPlugin and authParams of client.conf.
//
//	token   token:XXX | file:///path | env:NAME | {"token":"XXX"} | XXX
//	tls     tlsCertFile:/p,tlsKeyFile:/p | {"tlsCertFile":"/p","tlsKeyFile":"/p"}
//	basic   userId:U,password:P | {"userId":"U","password":"P"}
//	oauth2  {"type":"client_credentials","privateKey":"file:///p","issuerUrl":"https://i","audience":"a","scope":"s"}
//
// getenv is kept for env:NAME; nil means os.Getenv. No error repeats params.
func ParseAuth(plugin, params string, getenv func(string) string) (Auth, error) {
	if getenv == nil {
		getenv = os.Getenv
	}
	method, ok := plugins[plugin]
	if !ok {
		return Auth{}, fmt.Errorf("authPlugin %q is not supported; supported are %sAuthenticationToken (token), %[2]sAuthenticationTls (tls), %[2]sAuthenticationBasic (basic) and %[2]soauth2.AuthenticationOAuth2 (oauth2)", plugin, javaAuth, javaAuth)
	}
	a := Auth{method: method}
	var err error
	switch method {
	case MethodToken:
		a.source, err = parseToken(params, getenv)
	case MethodTLS:
		a.cert, a.key, err = parsePair(params, "tlsCertFile", "tlsKeyFile")
	case MethodBasic:
		var b basic
		b.user, b.password, err = parsePair(params, "userId", "password")
		a.source = b
	case MethodOAuth2:
		a.source, err = parseOAuth2(params)
	}
	if err != nil {
		return Auth{}, fmt.Errorf("authParams of authPlugin %q: %w", plugin, err)
	}
	return a, nil
}

// Method is one of the Method constants.
func (a Auth) Method() string { return first(a.method, MethodNone) }

// ClientCertificate returns the PEM files of the method tls, else "".
func (a Auth) ClientCertificate() (cert, key string) { return a.cert, a.key }

// Authorization returns the value of an HTTP Authorization header that is valid
// now, or "" if the method sends none. Handle it as a secret. A token file is
// read again, an OAuth2 token comes from the cache until shortly before it ends.
func (a Auth) Authorization(ctx context.Context) (string, error) {
	if a.source == nil {
		return "", nil
	}
	return a.source.authorization(ctx)
}

// Token returns the bare token of the methods token and oauth2, which is what
// Pulsar's binary protocol takes; "" for other methods. Handle it as a secret.
func (a Auth) Token(ctx context.Context) (string, error) {
	if a.method != MethodToken && a.method != MethodOAuth2 {
		return "", nil
	}
	value, err := a.Authorization(ctx)
	return strings.TrimPrefix(value, "Bearer "), err
}

// UserPassword returns what the method basic was given, else "". Handle both as secrets.
func (a Auth) UserPassword() (user, password string) {
	b, _ := a.source.(basic)
	return b.user, b.password
}

// String is the name of the method.
func (a Auth) String() string { return a.Method() }

// Format writes String for each verb.
func (a Auth) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, a.String()) }

// LogValue is String for slog.
func (a Auth) LogValue() slog.Value { return slog.StringValue(a.String()) }

// MarshalText is String for encoders.
func (a Auth) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// parsePair reads two values from Pulsar's old "a:x,b:y" form or from JSON.
func parsePair(params, one, two string) (a, b string, err error) {
	values := map[string]string{}
	if strings.HasPrefix(strings.TrimSpace(params), "{") {
		if values, err = parseJSON(params); err != nil {
			return "", "", err
		}
	} else {
		// The second value runs to the end: a password may hold a comma.
		head, tail, _ := strings.Cut(params, ","+two+":")
		values[two] = tail
		values[one] = strings.TrimPrefix(strings.TrimSpace(head), one+":")
		if values[one] == strings.TrimSpace(head) {
			values[one] = ""
		}
	}
	if values[one] == "" || values[two] == "" {
		return "", "", fmt.Errorf(`write %s:VALUE,%s:VALUE or {"%[1]s":"VALUE","%[2]s":"VALUE"}`, one, two)
	}
	return values[one], values[two], nil
}

// parseJSON reads a flat object of strings. The text of encoding/json's errors
// may quote the input, so it is not passed on.
func parseJSON(params string) (map[string]string, error) {
	var raw map[string]any
	if err := json.Unmarshal([]byte(params), &raw); err != nil {
		return nil, fmt.Errorf("not a JSON object")
	}
	values := map[string]string{}
	for key, v := range raw {
		switch v := v.(type) {
		case string:
			values[key] = v
		case nil:
		default:
			values[key] = fmt.Sprint(v)
		}
	}
	return values, nil
}

// filePath turns file:///p, file:/p and file:p into a path.
func filePath(text string) (string, error) {
	path := strings.TrimPrefix(strings.TrimPrefix(text, "file:"), "//")
	path, err := url.PathUnescape(path)
	if err != nil || path == "" {
		return "", fmt.Errorf("a file is written file:///path/to/file")
	}
	return path, nil
}
