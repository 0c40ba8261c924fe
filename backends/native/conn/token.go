package conn

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"strings"
)

// basic is HTTP basic authentication.
type basic struct{ user, password string }

func (b basic) authorization(context.Context) (string, error) {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(b.user+":"+b.password)), nil
}

// token yields a bearer token from where it was said to be.
type token struct {
	where string // for errors
	read  func() (string, error)
}

func (t token) authorization(context.Context) (string, error) {
	text, err := t.read()
	if err != nil {
		return "", fmt.Errorf("cannot read the authentication token: %w", err)
	}
	text = strings.TrimSpace(text)
	if text == "" {
		return "", fmt.Errorf("the authentication token from %s is empty", t.where)
	}
	// A header cannot hold control characters, and net/http would print the value it refuses.
	if strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return "", fmt.Errorf("the authentication token from %s holds white space or control characters", t.where)
	}
	return "Bearer " + text, nil
}

func parseToken(params string, getenv func(string) string) (credential, error) {
	if strings.HasPrefix(strings.TrimSpace(params), "{") {
		values, err := parseJSON(params)
		if err != nil {
			return nil, err
		}
		params = values["token"]
	}
	switch {
	case params == "" || params == "token:":
		return nil, fmt.Errorf(`write token:XXX, file:///path, env:NAME or {"token":"XXX"}`)
	case strings.HasPrefix(params, "file:"):
		path, err := filePath(params)
		if err != nil {
			return nil, err
		}
		return token{where: path, read: func() (string, error) {
			text, err := os.ReadFile(path)
			return string(text), err
		}}, nil
	case strings.HasPrefix(params, "env:"):
		name := strings.TrimPrefix(params, "env:")
		return token{where: "the environment variable " + name, read: func() (string, error) { return getenv(name), nil }}, nil
	default:
		text := strings.TrimPrefix(params, "token:")
		return token{where: "authParams", read: func() (string, error) { return text, nil }}, nil
	}
}

// TokenAuth is the method token with a token that was handed over by someone else: it
// is taken as it is, and never for the name of a file or variable.
func TokenAuth(text string) Auth {
	return Auth{method: MethodToken, source: token{where: "the caller", read: func() (string, error) { return text, nil }}}
}

// For gives settings for the same cluster with the credentials of someone else: none
// of its own are left in them, also no client certificate.
func (s Settings) For(a Auth) Settings {
	s.Auth = a
	s.TLS.CertFile, s.TLS.KeyFile = "", ""
	return s
}
