package auth

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
)

// issuer gives tokens for the client credentials grant, as an identity provider does.
type issuer struct {
	*httptest.Server
	tokens atomic.Int64
}

func newIssuer(t *testing.T, client, secret, audience, token string) *issuer {
	t.Helper()
	i := &issuer{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"issuer":%q,"token_endpoint":%q}`, i.URL, i.URL+"/oauth/token")
	})
	mux.HandleFunc("POST /oauth/token", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.FormValue("grant_type") != "client_credentials" || r.FormValue("client_id") != client ||
			r.FormValue("client_secret") != secret || r.FormValue("audience") != audience {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprintf(w, `{"error":"invalid_client","error_description":"%s is wrong"}`, r.FormValue("client_secret"))
			return
		}
		i.tokens.Add(1)
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": 600})
	})
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	return i
}

// testOAuth2 plans and applies with tokens from an issuer that the server trusts.
func (c *cluster) testOAuth2(t *testing.T) {
	p := c.place(t, "oauth2")
	p.grant("robot", "functions", "consume", "produce", "packages")
	const client, audience = "robot-client", "urn:test:pulsar"
	secret := p.secret("a-secret-of-the-robot")
	is := newIssuer(t, client, secret, audience, p.secret(p.Token("robot")))
	key := func(secret string) string {
		file := filepath.Join(p.dir, "key-"+secret+".json")
		text := fmt.Sprintf(`{"type":"client_credentials","client_id":%q,"client_secret":%q,"issuer_url":%q}`, client, secret, is.URL)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	env := func(issuer, keyFile, audience string) []string {
		return p.conf("webServiceUrl="+p.front.url, "authPlugin=org.apache.pulsar.client.impl.auth.oauth2.AuthenticationOAuth2",
			fmt.Sprintf(`authParams={"type":"client_credentials","privateKey":"file://%s","issuerUrl":"%s","audience":"%s"}`, keyFile, issuer, audience))
	}
	good := filepath.Join(p.dir, "key.json")
	if err := os.Rename(key(secret), good); err != nil {
		t.Fatal(err)
	}
	mesh := p.file("mesh.yaml", onTheirs)
	p.run(env(is.URL, good, audience), "plan", "--log-level", "debug", mesh).Want(0)
	p.readOnly("plan")
	p.run(env(is.URL, good, audience), "apply", "--yes", mesh).Want(0)
	t.Logf("plan and apply, %d tokens fetched", is.tokens.Load())
	if is.tokens.Load() != 2 {
		t.Errorf("fetched %d tokens in two runs", is.tokens.Load())
	}
	p.run(env(is.URL, good, audience), "destroy", "--yes", mesh).Want(0)

	wrong := key("wrong")
	p.secret("wrong is wrong")
	cmd := p.run(env(is.URL, wrong, audience), "plan", mesh).Want(1).Says("cannot get an OAuth2 token from "+is.URL, "401", "invalid_client")
	t.Log(lastLine(cmd.Output()))
	cmd = p.run(env(is.URL, good, "urn:test:other"), "plan", mesh).Want(1).Says("cannot get an OAuth2 token")
	t.Log(lastLine(cmd.Output()))
	cmd = p.run(env("http://127.0.0.1:1", good, audience), "plan", mesh).Want(1).Says("cannot get an OAuth2 token from http://127.0.0.1:1")
	t.Log(lastLine(cmd.Output()))
	if p.front.requests != 0 {
		t.Errorf("%d requests without a token", p.front.requests)
	}
	other := newIssuer(t, client, secret, audience, "not-of-this-cluster")
	p.secret("not-of-this-cluster")
	cmd = p.run(env(other.URL, good, audience), "plan", mesh).Want(1).Says("401", "does not take the token from the OAuth2 issuer")
	t.Log(lastLine(cmd.Output()))
}
