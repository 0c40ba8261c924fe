package conn

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
)

// TestPeers: authorities that client.conf trusts are trusted, and no proxy is asked.
func TestPeers(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.TLS.PeerCertificates) > 0 {
			t.Error("a certificate is shown")
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	defer server.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(ca, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for file, trusted := range map[string]bool{ca: true, "": false} {
		peers, err := Settings{TLS: TLS{TrustCertsFile: file}}.Peers()
		if err != nil {
			t.Fatal(err)
		}
		if peers.Proxy != nil {
			t.Error("a proxy is asked for")
		}
		resp, err := (&http.Client{Transport: peers}).Get(server.URL)
		if err == nil {
			resp.Body.Close()
		}
		if (err == nil) != trusted {
			t.Errorf("%q: %v", file, err)
		}
		peers.CloseIdleConnections()
	}
}
