package cli

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"

	"github.com/meshc/meshc/internal/manager"
)

// check refuses what would be open to those who should not get in, and what cannot work.
func (o *managerOptions) check() error {
	host, _, err := net.SplitHostPort(o.listen)
	if err != nil {
		return usage("such as 127.0.0.1:7780, or :7780 for all interfaces", "--listen %q: %v", o.listen, err)
	}
	loopback := isLoopback(host)
	switch {
	case o.connect.backend != "native":
		return usage("leave --backend out", "a manager is for meshes on Pulsar's function workers; on Kubernetes the operator is one")
	case o.auth == "" && !o.noAuth:
		return usage("say how callers prove who they are: --auth token, or --auth tls; at a desk --insecure-no-auth", "a manager is never open by default")
	case o.auth != "" && o.noAuth:
		return usage("leave one of them out", "--auth and --insecure-no-auth are both given")
	case o.noAuth && !loopback:
		return usage("use --auth token, or --listen 127.0.0.1:7780", "--insecure-no-auth is for the loopback interface, and --listen is %s", o.listen)
	case (o.tls.cert == "") != (o.tls.key == ""):
		return usage("give both --tls-cert and --tls-key", "a certificate and its key go together")
	case o.auth == authTLS && (o.tls.cert == "" || o.tls.clientCA == "" || len(o.tls.roles) == 0):
		return usage("see 'meshc manager --help'", "--auth tls needs --tls-cert, --tls-key, --tls-client-ca and at least one --tls-role")
	case o.auth != authTLS && o.tls.clientCA+strings.Join(o.tls.roles, "") != "":
		return usage("use --auth tls", "--tls-client-ca and --tls-role are for certificates of clients")
	case o.auth == authToken && o.tls.cert == "" && !loopback && !o.plainHTTP:
		return usage("give --tls-cert and --tls-key; behind a proxy that has TLS: --insecure-plain-http", "tokens would be read by others on the way to %s", o.listen)
	case o.upload < 1 || o.connections < 1 || o.grace < 0 || o.every < 0:
		return usage("leave them out for the defaults", "--max-upload and --max-connections count from 1, --grace and --reconcile-every from 0")
	}
	if o.advertise != "" {
		if u, err := url.Parse(o.advertise); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" || u.User != nil {
			return usage("such as https://manager-0.managers:7780", "--advertise %q is no address of a manager", o.advertise)
		}
	}
	_, err = o.tls.named()
	return err
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// named are the roles by common name.
func (x *managerTLS) named() (map[string]string, error) {
	roles := map[string]string{}
	for _, r := range x.roles {
		name, role, ok := strings.Cut(r, "=")
		if !ok || name == "" || role == "" {
			return nil, usage("such as --tls-role ci=deployer", "--tls-role %q is no NAME=ROLE", r)
		}
		roles[name] = role
	}
	return roles, nil
}

// config makes the TLS settings of the service; nil for none.
func (x *managerTLS) config() (*tls.Config, error) {
	if x.cert == "" {
		return nil, nil
	}
	if _, err := tls.LoadX509KeyPair(x.cert, x.key); err != nil {
		return nil, fmt.Errorf("--tls-cert and --tls-key: %w", err)
	}
	c := &tls.Config{
		MinVersion: tls.VersionTLS12,
		// Read for each connection, so that a new certificate counts without a restart.
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			pair, err := tls.LoadX509KeyPair(x.cert, x.key)
			return &pair, err
		},
	}
	if x.clientCA != "" {
		text, err := os.ReadFile(x.clientCA)
		if err != nil {
			return nil, fmt.Errorf("--tls-client-ca: %w", err)
		}
		c.ClientCAs = x509.NewCertPool()
		if !c.ClientCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("--tls-client-ca: %s holds no certificate", x.clientCA)
		}
		// Those who watch over the process need none; paths about meshes do.
		c.ClientAuth = tls.VerifyClientCertIfGiven
	}
	return c, nil
}

// forward says to which addresses requests are passed on, and how; nil for none.
func (o *managerOptions) forward(transport http.RoundTripper) *manager.Forward {
	if len(o.peers) == 0 {
		return nil
	}
	return &manager.Forward{Redirect: o.auth == authTLS, Transport: transport, Allowed: func(u *url.URL) bool {
		for _, p := range o.peers {
			if p == u.Host || p == u.Hostname() {
				return true
			}
			if strings.HasPrefix(p, "*.") {
				if ok, err := path.Match(p, u.Hostname()); err == nil && ok {
					return true
				}
			}
		}
		return false
	}}
}
