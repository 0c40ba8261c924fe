package auth

import (
	"os"
	"strings"
	"testing"

	"github.com/apache/pulsar-client-go/pulsar"

	"github.com/meshc/meshc/test/harness"
)

// testTLS uses the server's TLS port, which takes only clients with a
// certificate of its authority; the name in it is the Pulsar role.
func (c *cluster) testTLS(t *testing.T) {
	p := c.place(t, "tls")
	p.grant("builder", "functions", "consume", "produce", "packages")
	c.pki.certificate(t, "builder", false)
	c.pki.certificate(t, "visitor", false)
	strange := newAuthority(t)
	strange.certificate(t, "builder", false)
	for _, file := range []string{c.pki.file("builder.key"), strange.file("builder.key")} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		p.secret(strings.Split(string(text), "\n")[1])
	}
	mesh := p.file("mesh.yaml", onTheirs)
	conf := func(web, ca string, lines ...string) []string {
		return p.conf(append([]string{"webServiceUrl=" + web, "brokerServiceUrl=" + c.pki.broker, "tlsTrustCertsFilePath=" + ca, "tlsEnableHostnameVerification=true"}, lines...)...)
	}
	plugin := func(of *pki, name string) []string {
		return []string{"authPlugin=org.apache.pulsar.client.impl.auth.AuthenticationTls", "authParams=tlsCertFile:" + of.file(name+".pem") + ",tlsKeyFile:" + of.file(name+".key")}
	}
	ca := c.pki.file("ca.pem")
	builder := conf(c.pki.web, ca, plugin(c.pki, "builder")...)
	p.run(builder, "plan", mesh).Want(0)
	p.run(builder, "apply", "--yes", mesh).Want(0)
	p.run(builder, "status", "--exit-code", mesh).Want(0)
	// The certificate alone is enough for Pulsar, and a token wins over it.
	keys := []string{"tlsCertificateFilePath=" + c.pki.file("builder.pem"), "tlsKeyFilePath=" + c.pki.file("builder.key")}
	p.run(conf(c.pki.web, ca, keys...), "plan", "--detailed-exitcode", mesh).Want(0)
	p.run(conf(c.pki.web, ca, append(keys, "authPlugin=token", "authParams=token:"+p.secret(p.Token("builder")))...), "plan", "--detailed-exitcode", mesh).Want(0)

	for what, try := range map[string]struct {
		env  []string
		says []string
	}{
		"another authority":           {conf(c.pki.web, strange.file("ca.pem"), plugin(c.pki, "builder")...), []string{"unknown authority", "tlsTrustCertsFilePath"}},
		"no authority named":          {conf(c.pki.web, "", plugin(c.pki, "builder")...), []string{"certificate", "unknown authority"}},
		"another host name":           {conf(strings.Replace(c.pki.web, "127.0.0.1", "localhost", 1), ca, plugin(c.pki, "builder")...), []string{"certificate", "localhost"}},
		"certificate of a stranger":   {conf(c.pki.web, ca, plugin(strange, "builder")...), []string{"does not take the client certificate " + strange.file("builder.pem")}},
		"no certificate":              {conf(c.pki.web, ca), []string{"wants a client certificate", "tlsCertificateFilePath"}},
		"token without a certificate": {conf(c.pki.web, ca, "authPlugin=token", "authParams=token:"+p.Token("builder")), []string{"wants a client certificate", "tlsCertificateFilePath"}},
		"http on the TLS port":        {conf(strings.Replace(c.pki.web, "https", "http", 1), ca, plugin(c.pki, "builder")...), []string{"http"}},
		"https on the plain port":     {conf(strings.Replace(c.AdminURL, "http", "https", 1), ca, plugin(c.pki, "builder")...), []string{"http"}},
		"a role without rights":       {conf(c.pki.web, ca, plugin(c.pki, "visitor")...), []string{`"consume" or "produce" on namespace ` + p.namespace}},
		"no such file":                {conf(c.pki.web, "/no/such/ca.pem", plugin(c.pki, "builder")...), []string{"/no/such/ca.pem"}},
	} {
		cmd := p.run(try.env, "plan", "--timeout", "20s", mesh).Want(1).Says(try.says...)
		t.Logf("%s: %s", what, strings.TrimSpace(cmd.Output()))
	}
	p.seenByTheClient()
}

// seenByTheClient checks the same certificates with the official client on the
// TLS port of the broker, so that what was applied is known to run behind it.
func (p *place) seenByTheClient() {
	p.Helper()
	p.grant("builder", "functions", "consume", "produce", "packages")
	client := dial(p.T, pulsar.ClientOptions{
		URL: p.pki.broker, TLSTrustCertsFilePath: p.pki.file("ca.pem"), TLSValidateHostname: true,
		Authentication: pulsar.NewAuthenticationTLS(p.pki.file("builder.pem"), p.pki.file("builder.key")),
	})
	const n = 100
	harness.Numbers(p.Context(), p.T, client, "persistent://"+p.namespace+"/in", n, 0, nil)
	a := harness.Collect(p.Context(), p.T, client, "persistent://"+p.namespace+"/out", n, 15e9)
	p.Logf("%d messages over TLS: %v", n, a)
	if a.Distinct != n {
		p.Error("messages are missing")
	}
}
