package manager

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// authority makes certificates.
type authority struct {
	dir string
	ca  *x509.Certificate
	key *ecdsa.PrivateKey
}

func newAuthority(t *testing.T, dir string) *authority {
	a := &authority{dir: dir, ca: &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}}
	a.write(t, "ca", a.ca)
	return a
}

// write makes name.pem and name.key.
func (a *authority) write(t *testing.T, name string, c *x509.Certificate) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if a.key == nil {
		a.key = key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, a.ca, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for ext, block := range map[string]*pem.Block{".pem": {Type: "CERTIFICATE", Bytes: der}, ".key": {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(filepath.Join(a.dir, name+ext), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func (a *authority) leaf(t *testing.T, name string) tls.Certificate {
	t.Helper()
	return a.write(t, name, &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	})
}

// testCertificates: who has a certificate does no more than its role may, although the
// manager acts with its own credentials.
func (c *cluster) testCertificates(t *testing.T) {
	a := newAuthority(t, c.dir)
	a.leaf(t, "server")
	file := func(name string) string { return filepath.Join(c.dir, name) }
	text, err := os.ReadFile(file("ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	m := c.manager(t, "persistent://public/functions/certificates", "--auth", "tls", "--tls-cert", file("server.pem"), "--tls-key", file("server.key"), "--tls-client-ca", file("ca.pem"),
		"--tls-role", "ci=acme-admin", "--tls-role", "dep=deployer", "--tls-role", "look=reader", "--tls-role", "odd=stranger")
	url := strings.Replace(m.url, "http:", "https:", 1)
	as := func(name, method, path string, body []byte) (int, string) {
		t.Helper()
		config := &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
		if name != "" {
			config.Certificates = []tls.Certificate{a.leaf(t, name)}
		}
		transport := &http.Transport{TLSClientConfig: config}
		defer transport.CloseIdleConnections()
		req, err := http.NewRequestWithContext(t.Context(), method, url+path, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/yaml")
		resp, err := (&http.Client{Transport: transport, Timeout: 30 * time.Second}).Do(req)
		if err != nil {
			return 0, err.Error()
		}
		defer resp.Body.Close()
		text, _ := io.ReadAll(resp.Body) // what there is of it
		return resp.StatusCode, string(text)
	}
	soon(t, "the manager is ready", func() bool { status, _ := as("", "GET", "/readyz", nil); return status == 200 })
	elsewhere := bytes.ReplaceAll(failing("e"), []byte("inputs: [in]"), []byte("inputs: ['persistent://public/default/theirs']"))
	absent := bytes.ReplaceAll(failing("e"), []byte("[{name: in, external: true}"), []byte("[{name: in, external: true}, {name: 'persistent://public/default/none', external: true}"))
	for _, try := range []struct {
		name, method, mesh string
		body               []byte
		status             int
	}{
		{"", "GET", "c", nil, 401}, {"unknown", "GET", "c", nil, 401}, {"odd", "GET", "c", nil, 403}, {"look", "GET", "c", nil, 404},
		{"dep", "PUT", "c?wait=20s", failing("c"), 403}, {"ci", "PUT", "c?wait=20s", failing("c"), 200}, {"look", "GET", "c", nil, 200},
		{"ci", "PUT", "e?wait=20s", elsewhere, 403}, {"dep", "DELETE", "c", nil, 403},
		// What is not there in a tenant of others is not told.
		{"ci", "PUT", "e?wait=20s", absent, 403}, {"look", "POST", "c/plan", failing("c"), 403},
		{"look", "PUT", "c/lock", nil, 403}, {"ci", "PUT", "c/lock", nil, 200}, {"look", "DELETE", "c/lock?force=true", nil, 403}, {"ci", "DELETE", "c/lock", nil, 200},
	} {
		if status, text := as(try.name, try.method, meshes+"acme/orders/"+try.mesh, try.body); status != try.status {
			t.Errorf("%s %s as %q: %d, want %d: %s", try.method, try.mesh, try.name, status, try.status, text)
		}
	}
}
