package k8s

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// rest is what a request needs.
type rest struct {
	url, token string
	client     *http.Client      // nil until the server's certificate is known
	tokens     map[string]string // by user; nil for a server of another process
}

// newClient returns a client that trusts a server with this certificate. It keeps no
// connections: they would make a goroutine leak in tests that look for such, and hold
// a stopping server up. It ignores proxies.
func newClient(ca []byte) (*http.Client, error) {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(ca) {
		return nil, errors.New("k8s: the server's certificate cannot be read")
	}
	return &http.Client{
		Timeout:   30 * time.Second,
		Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: pool}},
	}, nil
}

// Client returns a client of the caller's own that sends the token of [Admin] with each
// request, keeps connections and has no time limit, for watches. Paths are below
// [Server.URL]. Its user closes the idle connections in the end.
func (s *Server) Client() *http.Client {
	own := s.rest.client.Transport.(*http.Transport).Clone()
	own.DisableKeepAlives = false
	own.MaxIdleConnsPerHost = 16
	return &http.Client{Transport: &bearer{own, s.rest.token}}
}

// bearer adds a token to requests.
type bearer struct {
	*http.Transport
	token string
}

func (b *bearer) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", "Bearer "+b.token)
	return b.Transport.RoundTrip(req)
}

// StatusError is an answer other than 2xx.
type StatusError struct {
	Request string // method and path
	Code    int
	Body    string
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("%s: %d: %.300s", e.Request, e.Code, e.Body)
}

// Call sends a request as [Admin] and returns the body of an answer 2xx; another
// answer is a [*StatusError]. contentType is that of body, such as
// application/apply-patch+yaml; empty means application/json.
func (s *Server) Call(ctx context.Context, method, path, contentType string, body []byte) ([]byte, error) {
	if s.rest.client == nil {
		return nil, errors.New("k8s: the server has not started")
	}
	req, err := http.NewRequestWithContext(ctx, method, s.rest.url+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if contentType == "" {
		contentType = "application/json"
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Authorization", "Bearer "+s.rest.token)
	resp, err := s.rest.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode/100 != 2 {
		err = &StatusError{Request: method + " " + path, Code: resp.StatusCode, Body: string(answer)}
	}
	return answer, err
}

func (s *Server) readVersion(ctx context.Context) error {
	body, err := s.Call(ctx, http.MethodGet, "/version", "", nil)
	if err != nil {
		return err
	}
	var v struct{ GitVersion string }
	if err := json.Unmarshal(body, &v); err != nil {
		return err
	}
	s.Version = v.GitVersion
	return nil
}

// healthy asks a controller manager, whose certificate nobody signed.
func healthy(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/healthz", nil)
	if err != nil {
		return err
	}
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s/healthz: %s", url, resp.Status)
	}
	return nil
}
