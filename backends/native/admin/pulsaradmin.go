package admin

import (
	"io"
	"net/http"

	pulsaradmin "github.com/apache/pulsar-client-go/pulsaradmin/pkg/admin"
	"github.com/apache/pulsar-client-go/pulsaradmin/pkg/admin/config"
	"github.com/apache/pulsar-client-go/pulsaradmin/pkg/utils"
)

// newPulsarAdmin builds the library's client on our transport. Its own
// authentication is not used: the transport decides where credentials go.
func newPulsarAdmin(c *Client, rt http.RoundTripper) (pulsaradmin.Client, error) {
	return pulsaradmin.NewPulsarClientWithAuthProvider(
		&config.Config{WebServiceURL: c.base.String(), PulsarAPIVersion: config.V2}, provider{rt, c})
}

// provider is the library's hook for a transport. It turns bad statuses into
// *Error, which the library's own error type cannot hold the request of.
type provider struct {
	next   http.RoundTripper
	client *Client
}

// RoundTrip implements the library's auth.Provider and http.RoundTripper.
func (p provider) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := p.next.RoundTrip(req)
	if err != nil || resp.StatusCode < 400 && !isPage(resp.Header, nil) {
		return resp, err
	}
	defer resp.Body.Close()
	if resp.StatusCode < 400 {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<10)) // as far as it can be shown
		return nil, call{method: req.Method}.notPulsar(resp, text)
	}
	return nil, p.client.answerError(req.Method, req.URL.Path, "", resp)
}

// Transport implements the library's auth.Provider.
func (p provider) Transport() http.RoundTripper { return p.next }

// WithTransport implements the library's auth.Provider; the transport stays.
func (p provider) WithTransport(http.RoundTripper) {}

// library turns an error of pulsaradmin into ours.
func library(method, path, needs string, err error) error {
	if err == nil {
		return nil
	}
	return transportError(method, path, needs, err)
}

func namespaceName(tenant, namespace string) (utils.NameSpaceName, error) {
	name, err := utils.GetNameSpaceName(tenant, namespace)
	if err != nil {
		return utils.NameSpaceName{}, &Error{Method: http.MethodGet, Path: "/admin/v2/namespaces/" + tenant + "/" + namespace, Reason: clean(err.Error())}
	}
	return *name, nil
}
