package conn

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	xoauth2 "golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// refreshBefore is how long before its end an OAuth2 token is replaced, so that
// it does not end on the way to the server or within a long upload.
const refreshBefore = time.Minute

const openIDConfiguration = "/.well-known/openid-configuration"

// oauth2 gets tokens by the client credentials grant, as Pulsar's Java client
// does it: metadata of the issuer, then a form POST to its token endpoint.
type oauth2 struct {
	issuer          *url.URL
	metadataURL     string
	privateKey      string
	audience, scope string
	client          func() (*http.Client, error)

	mu     sync.Mutex
	cached *xoauth2.Token
	// margin is how long before its end the cached token is replaced.
	margin time.Duration
}

func parseOAuth2(params string) (credential, error) {
	values, err := parseJSON(params)
	if err != nil {
		return nil, err
	}
	if t := values["type"]; t != "" && t != "client_credentials" {
		return nil, fmt.Errorf("type %q is not supported; supported is client_credentials", t)
	}
	issuer, err := url.Parse(values["issuerUrl"])
	if err != nil || issuer.Host == "" || (issuer.Scheme != "https" && issuer.Scheme != "http") {
		return nil, fmt.Errorf("issuerUrl must be a URL such as https://issuer.example.org")
	}
	issuer.User = nil
	if _, err := keyLocation(values["privateKey"]); err != nil {
		return nil, err
	}
	o := &oauth2{
		issuer: issuer, privateKey: values["privateKey"],
		audience: values["audience"], scope: values["scope"],
	}
	if o.metadataURL, err = metadataURL(issuer, values["wellKnownMetadataPath"]); err != nil {
		return nil, err
	}
	trust := values["trustCertsFilePath"]
	o.client = sync.OnceValues(func() (*http.Client, error) {
		rt, err := plainTransport(TLS{TrustCertsFile: trust})
		if err != nil {
			return nil, err
		}
		return &http.Client{Transport: rt, Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error {
			// The secret is in the body, and a 307 would carry it anywhere.
			return http.ErrUseLastResponse
		}}, nil
	})
	return o, nil
}

// metadataURL puts the default path after the issuer's own, as OpenID Connect
// says, and a given one before it, as RFC 8414 says.
func metadataURL(issuer *url.URL, path string) (string, error) {
	u := *issuer
	own := strings.TrimRight(issuer.Path, "/")
	switch {
	case path == "":
		u.Path = own + openIDConfiguration
	case strings.HasPrefix(path, "/.well-known/"):
		u.Path = path + own
	default:
		return "", fmt.Errorf("wellKnownMetadataPath must start with /.well-known/")
	}
	return u.String(), nil
}

func (o *oauth2) authorization(ctx context.Context) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.cached == nil || (!o.cached.Expiry.IsZero() && time.Until(o.cached.Expiry) < o.margin) {
		fresh, err := o.fetch(ctx)
		if err != nil {
			return "", fmt.Errorf("cannot get an OAuth2 token from %s: %w", o.issuer, err)
		}
		o.cached = fresh
		// A token that lives less than a minute must not be fetched for each request.
		o.margin = min(refreshBefore, time.Until(fresh.Expiry)/2)
	}
	return "Bearer " + o.cached.AccessToken, nil
}

func (o *oauth2) fetch(ctx context.Context) (*xoauth2.Token, error) {
	client, err := o.client()
	if err != nil {
		return nil, err
	}
	key, err := readKey(o.privateKey)
	if err != nil {
		return nil, err
	}
	endpoint, err := o.endpoint(ctx, client)
	if err != nil {
		return nil, err
	}
	cfg := clientcredentials.Config{
		ClientID: key.ID, ClientSecret: key.Secret, TokenURL: endpoint,
		AuthStyle: xoauth2.AuthStyleInParams, EndpointParams: url.Values{},
	}
	if o.audience != "" {
		cfg.EndpointParams.Set("audience", o.audience)
	}
	cfg.Scopes = strings.Fields(first(o.scope, key.Scope))
	t, err := cfg.Token(context.WithValue(ctx, xoauth2.HTTPClient, client))
	var refused *xoauth2.RetrieveError
	if errors.As(err, &refused) {
		// Its own text holds the whole reply, which may repeat what was sent.
		return nil, fmt.Errorf("the token endpoint answered %s %s", refused.Response.Status, cleanCode(refused.ErrorCode))
	}
	return t, err
}

func cleanCode(code string) string {
	if len(code) > 40 || strings.ContainsFunc(code, func(r rune) bool { return (r < 'a' || r > 'z') && r != '_' }) {
		return ""
	}
	return code
}

func (o *oauth2) endpoint(ctx context.Context, client *http.Client) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, o.metadataURL, nil)
	if err != nil {
		return "", err
	}
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var meta struct {
		TokenEndpoint string `json:"token_endpoint"`
	}
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s answered %s; check issuerUrl and wellKnownMetadataPath", o.metadataURL, resp.Status)
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&meta); err != nil || meta.TokenEndpoint == "" {
		return "", fmt.Errorf("%s names no token_endpoint; check issuerUrl and wellKnownMetadataPath", o.metadataURL)
	}
	u, err := url.Parse(meta.TokenEndpoint)
	if err != nil || u.Host == "" || (o.issuer.Scheme == "https" && u.Scheme != "https") {
		return "", fmt.Errorf("%s names a token_endpoint that is no https URL; the client secret is not sent there", o.metadataURL)
	}
	return meta.TokenEndpoint, nil
}

type clientKey struct {
	ID     string `json:"client_id"`
	Secret string `json:"client_secret"`
	Scope  string `json:"scope"`
}

// keyLocation tells whether a privateKey is data ("" as path) or a file.
func keyLocation(text string) (path string, err error) {
	switch {
	case strings.HasPrefix(text, "file:"):
		return filePath(text)
	case strings.HasPrefix(text, "data:"):
		return "", nil
	}
	return "", fmt.Errorf("privateKey must be file:///path/to/key.json, or data:application/json;base64, and the key")
}

// readKey reads the key each time, so that a rotated secret is picked up with the next token.
func readKey(text string) (clientKey, error) {
	var key clientKey
	path, err := keyLocation(text)
	if err != nil {
		return key, err
	}
	var raw []byte
	if path != "" {
		if raw, err = os.ReadFile(path); err != nil {
			return key, fmt.Errorf("cannot read privateKey: %w", err)
		}
	} else {
		head, data, _ := strings.Cut(text, ",")
		raw = []byte(data)
		if strings.HasSuffix(head, "base64") {
			if raw, err = base64.StdEncoding.DecodeString(data); err != nil {
				return key, fmt.Errorf("privateKey is not valid base64")
			}
		} else if plain, err := url.PathUnescape(data); err == nil {
			raw = []byte(plain)
		}
	}
	if err := json.Unmarshal(raw, &key); err != nil || key.ID == "" || key.Secret == "" {
		return key, fmt.Errorf("privateKey must be JSON with client_id and client_secret")
	}
	return key, nil
}
