package auth

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// pki is an authority with the certificates of the server and of clients, and
// the settings with which the server uses them.
type pki struct {
	dir         string
	ca          *x509.Certificate
	key         *ecdsa.PrivateKey
	web, broker string
	conf        map[string]string
}

const (
	tokenProvider = "org.apache.pulsar.broker.authentication.AuthenticationProviderToken"
	tlsProvider   = "org.apache.pulsar.broker.authentication.AuthenticationProviderTls"
)

func newPKI(t *testing.T) *pki {
	t.Helper()
	p := newAuthority(t)
	p.certificate(t, "server", true)
	web, broker := freePort(t), freePort(t)
	p.web, p.broker = "https://127.0.0.1:"+web, "pulsar+ssl://127.0.0.1:"+broker
	p.conf = map[string]string{
		"webServicePortTls": web, "brokerServicePortTls": broker,
		"tlsCertificateFilePath": p.file("server.pem"), "tlsKeyFilePath": p.file("server.key"), "tlsTrustCertsFilePath": p.file("ca.pem"),
		"tlsRequireTrustedClientCertOnConnect": "true",
		"authenticationProviders":              tokenProvider + "," + tlsProvider,
	}
	return p
}

// newAuthority makes a certificate authority with its file ca.pem.
func newAuthority(t *testing.T) *pki {
	t.Helper()
	p := &pki{dir: t.TempDir()}
	p.ca = &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "meshc test authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	p.key = p.write(t, "ca", p.ca)
	return p
}

func (p *pki) file(name string) string { return filepath.Join(p.dir, name) }

// certificate writes name.pem and name.key of a server on loopback, or of a
// client whose Pulsar role is the name.
func (p *pki) certificate(t *testing.T, name string, server bool) {
	t.Helper()
	c := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	if server {
		c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
		c.ExtKeyUsage = append(c.ExtKeyUsage, x509.ExtKeyUsageServerAuth)
	}
	p.write(t, name, c)
}

func (p *pki) write(t *testing.T, name string, c *x509.Certificate) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer := p.key
	if signer == nil {
		signer = key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, p.ca, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for ext, block := range map[string]*pem.Block{"pem": {Type: "CERTIFICATE", Bytes: der}, "key": {Type: "PRIVATE KEY", Bytes: pkcs8}} {
		if err := os.WriteFile(p.file(name+"."+ext), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return key
}

// freePort returns a port that is free now, below those that systems take for
// outgoing connections.
func freePort(t *testing.T) string {
	t.Helper()
	for range 1000 {
		port := strconv.Itoa(15000 + mathrand.IntN(17000))
		if l, err := net.Listen("tcp4", "127.0.0.1:"+port); err == nil {
			l.Close()
			return port
		}
	}
	t.Fatal("no free port")
	return ""
}
