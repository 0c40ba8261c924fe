package conn

import (
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

func pemOf(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// issuer is a token endpoint with metadata, which numbers its tokens.
func issuer(t *testing.T, metadata string, lifetime int) (url string, tokens *atomic.Int32, form *atomic.Value) {
	tokens, form = &atomic.Int32{}, &atomic.Value{}
	mux := http.NewServeMux()
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	mux.HandleFunc(metadata, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"token_endpoint":%q}`, srv.URL+"/token")
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, req *http.Request) {
		_ = req.ParseForm()
		form.Store(req.PostForm.Encode())
		w.Header().Set("Content-Type", "application/json")
		if req.PostForm.Get("client_secret") != "s3cret" {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprintf(w, `{"error":"invalid_client","error_description":"bad %s"}`, req.PostForm.Get("client_secret"))
			return
		}
		fmt.Fprintf(w, `{"access_token":"t%d","token_type":"Bearer","expires_in":%d}`, tokens.Add(1), lifetime)
	})
	return srv.URL, tokens, form
}

func oauth2Params(issuer, secret string, more map[string]string) string {
	key := fmt.Sprintf(`{"type":"client_credentials","client_id":"me","client_secret":%q}`, secret)
	values := map[string]string{
		"type": "client_credentials", "issuerUrl": issuer, "audience": "urn:pulsar", "scope": "a b",
		"privateKey": "data:application/json;base64," + base64.StdEncoding.EncodeToString([]byte(key)),
	}
	for k, v := range more {
		values[k] = v
	}
	text, _ := json.Marshal(values)
	return string(text)
}

func TestOAuth2(t *testing.T) {
	tests := []struct {
		name, metadata, path string
		more                 map[string]string
		lifetime, fetched    int
	}{
		{"cached", "/.well-known/openid-configuration", "", nil, 3600, 1},
		{"issuer with a path", "/realm/.well-known/openid-configuration", "/realm", nil, 3600, 1},
		{"other metadata", "/.well-known/oauth-authorization-server/realm", "/realm", map[string]string{"wellKnownMetadataPath": "/.well-known/oauth-authorization-server"}, 3600, 1},
		{"short life is cached too", "/.well-known/openid-configuration", "", nil, 30, 1},
		{"ended before it began", "/.well-known/openid-configuration", "", nil, -5, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			url, tokens, form := issuer(t, tt.metadata, tt.lifetime)
			a, err := ParseAuth(javaAuth+"oauth2.AuthenticationOAuth2", oauth2Params(url+tt.path, "s3cret", tt.more), nil)
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				if got, err := a.Authorization(t.Context()); err != nil || !strings.HasPrefix(got, "Bearer t") {
					t.Fatalf("%q, %v", got, err)
				}
			}
			if int(tokens.Load()) != tt.fetched {
				t.Errorf("%d tokens were fetched, want %d", tokens.Load(), tt.fetched)
			}
			if want := "audience=urn%3Apulsar&client_id=me&client_secret=s3cret&grant_type=client_credentials&scope=a+b"; form.Load() != want {
				t.Errorf("sent %s, want %s", form.Load(), want)
			}
		})
	}
}

func TestOAuth2ErrorsShowNoSecret(t *testing.T) {
	url, _, _ := issuer(t, "/.well-known/openid-configuration", 60)
	for name, params := range map[string]string{
		"refused":     oauth2Params(url, "wr0ngs3cret", nil),
		"no metadata": oauth2Params(url+"/nowhere", "wr0ngs3cret", nil),
		"no server":   oauth2Params("http://127.0.0.1:1", "wr0ngs3cret", nil),
	} {
		a, err := ParseAuth("oauth2", params, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = a.Authorization(t.Context())
		if err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", name, err)
		}
		t.Log(err)
	}
}
