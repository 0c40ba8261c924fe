package faultproxy

import (
	"crypto/tls"
	"encoding/json"
	"net/http"
	"testing"
)

// NewTLS is New for a service that speaks TLS, such as the API server of Kubernetes.
// Clients talk to the proxy in the clear, over which those of Kubernetes send no
// credentials: the proxy gives the token in their place.
func NewTLS(t testing.TB, url string, conf *tls.Config, token string) *Proxy {
	t.Helper()
	p := New(t, url)
	p.next.TLSClientConfig, p.token = conf, token
	return p
}

// SaysStatus answers with a status of Kubernetes (metav1.Status), with headers in
// pairs of name and value; the service hears of nothing.
func SaysStatus(code int, reason, message string, headers ...string) Fault {
	body, err := json.Marshal(map[string]any{"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "reason": reason, "code": code})
	if err != nil {
		panic(err) // three plain values
	}
	return Fault{reason, func(c *Call) {
		h := jsonHeader()
		for i := 0; i+1 < len(headers); i += 2 {
			h.Set(headers[i], headers[i+1])
		}
		c.Answer(Answer{Status: code, Header: h, Body: body})
	}}
}

// SaysText answers with a status and a plain text; the service hears of nothing.
func SaysText(code int, text string) Fault {
	return Fault{text, func(c *Call) {
		c.Answer(Answer{Status: code, Header: http.Header{"Content-Type": {"text/plain"}}, Body: []byte(text)})
	}}
}

// Repeats tells how often a fault is done that does not end: as many times as any
// test makes requests.
const Repeats = 1 << 30
