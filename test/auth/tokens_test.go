package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/pulsar-client-go/pulsar/log"
)

var quiet = log.NewLoggerWithSlog(slog.New(slog.DiscardHandler))

const javaToken = "authPlugin=org.apache.pulsar.client.impl.auth.AuthenticationToken"

// sign makes a JSON web token from claims, signed with a key.
func sign(t *testing.T, key []byte, claims map[string]any) string {
	t.Helper()
	text, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	b64 := base64.RawURLEncoding
	token := b64.EncodeToString([]byte(`{"alg":"HS256"}`)) + "." + b64.EncodeToString(text)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(token))
	return token + "." + b64.EncodeToString(mac.Sum(nil))
}

// testTokens tries each form in which client.conf names a token, and tokens that
// a server does not take.
func (c *cluster) testTokens(t *testing.T) {
	p := c.place(t, "tokens")
	mesh := p.file("mesh.yaml", onTheirs)
	web := "webServiceUrl=" + p.front.url
	good := p.secret(p.AdminToken())
	tokenFile := filepath.Join(p.dir, "token")
	if err := os.WriteFile(tokenFile, []byte(good+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, params := range []string{"token:" + good, "file://" + tokenFile, "env:MY_TOKEN", `{"token":"` + good + `"}`, good} {
		env := append(p.conf(web, javaToken, "authParams="+params), "MY_TOKEN="+good)
		p.run(env, "plan", "--log-level", "debug", mesh).Want(0)
		p.run(env, "plan", "-o", "json", mesh).Want(0)
	}

	key, err := os.ReadFile(filepath.Join(p.RunDir, "secret.key"))
	if err != nil {
		t.Fatal(err)
	}
	yesterday := time.Now().Add(-24 * time.Hour)
	expired := p.secret(sign(t, key, map[string]any{"sub": "admin", "exp": yesterday.Unix()}))
	forged := p.secret(sign(t, []byte("another key of thirty-two bytes!"), map[string]any{"sub": "admin"}))
	nobody := p.secret(sign(t, key, map[string]any{"name": "admin"}))
	for what, try := range map[string]struct {
		lines []string
		says  []string
	}{
		"none":       {nil, []string{"401", "no credentials were sent", "authPlugin", "authParams", "PULSAR_CLIENT_CONF"}},
		"expired":    {[]string{javaToken, "authParams=token:" + expired}, []string{"401", "expired at " + yesterday.UTC().Format("2006-01-02")}},
		"forged":     {[]string{javaToken, "authParams=token:" + forged}, []string{"401", "does not take the token from authParams"}},
		"no JWT":     {[]string{javaToken, "authParams=" + p.secret("not-a-web-token")}, []string{"401", "does not take the token from authParams"}},
		"no subject": {[]string{javaToken, "authParams=token:" + nobody}, []string{"does not take the token from authParams"}},
		"no file":    {[]string{javaToken, "authParams=file:///no/such/token"}, []string{"cannot read the authentication token", "/no/such/token"}},
		"no such variable": {[]string{javaToken, "authParams=env:NOT_SET"},
			[]string{"the environment variable NOT_SET is empty"}},
		"no such plugin": {[]string{"authPlugin=org.example.Kerberos", "authParams=x"}, []string{`authPlugin "org.example.Kerberos" is not supported`}},
	} {
		env := p.conf(append([]string{web}, try.lines...)...)
		for _, command := range []string{"plan", "apply", "status"} {
			args := []string{command, mesh}
			if command == "apply" {
				args = append(args, "--yes")
			}
			cmd := p.run(env, args...).Want(1).Says(try.says...)
			p.unwritten(cmd.String())
			if command == "plan" {
				t.Logf("%s: %s", what, strings.TrimSpace(cmd.Output()))
			}
		}
	}
	p.noFlagForSecrets()
}

// noFlagForSecrets looks through the help of all commands: what has no flag
// cannot be seen in the list of processes.
func (p *place) noFlagForSecrets() {
	p.Helper()
	for _, command := range []string{"validate", "plan", "apply", "destroy", "list", "get", "status", "create", "delete"} {
		for _, line := range strings.Split(p.run(nil, command, "--help").Want(0).Stdout(), "\n") {
			flag, _, isFlag := strings.Cut(strings.TrimSpace(line), " ")
			if isFlag && strings.HasPrefix(flag, "-") && strings.ContainsAny(flag, "-") {
				for _, word := range []string{"token", "password", "secret", "auth", "key"} {
					if strings.Contains(flag, word) {
						p.Errorf("%s has the flag %s: what it is given is seen in the list of processes", command, flag)
					}
				}
			}
		}
	}
}
