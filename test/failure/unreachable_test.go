package failure

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/test/harness"
)

// soon is how long a command may take that cannot reach its cluster.
const soon = 5 * time.Second

// TestWhatIsNotPulsar points meshc at places where no Pulsar is.
func TestWhatIsNotPulsar(t *testing.T) {
	b := &harness.Bench{TB: t, Dir: t.TempDir(), Tenant: "public", Namespace: "default"}
	b.Jar("loss-a.jar", "code.jar")
	b.File("mesh", "jarFile: code.jar\nfunctions:\n  - {name: f, className: org.example.loss.Forward, inputs: [in], output: out}\n")
	for name, where := range map[string]string{
		"nothing listens":      "http://" + closedPort(t),
		"unknown name":         "http://no-such-host.invalid:8080",
		"not a web server":     "http://" + talker(t, "SSH-2.0-OpenSSH_9.6\r\n"),
		"hangs up":             "http://" + talker(t, ""),
		"web server, 404":      web(t, http.StatusNotFound, "<html><body><h1>Not Found</h1></body></html>"),
		"web server, 200":      web(t, http.StatusOK, "<!doctype html><html><title>Welcome</title></html>"),
		"web server, JSON":     web(t, http.StatusOK, `{"status":"ok"}`),
		"web server, 403":      web(t, http.StatusForbidden, "Forbidden"),
		"TLS where none is":    strings.Replace(web(t, http.StatusOK, "[]"), "http:", "https:", 1),
		"no TLS where some is": tlsWeb(t),
	} {
		t.Run(name, func(t *testing.T) {
			for _, command := range []string{"plan", "apply --yes"} {
				args := append(strings.Fields(command), "mesh.yaml", "--admin-url", where, "--broker-url", "pulsar://127.0.0.1:1")
				c := harness.Run(t, b.Dir, nil, args...).Want(1)
				t.Logf("%s, %v:\n%s", command, c.Took.Round(time.Millisecond), c.Output())
				if c.Took > soon {
					t.Errorf("%s took %v", c, c.Took)
				}
				c.Says("meshc: ", where, "client.conf")
			}
			harness.Run(t, b.Dir, []string{"PULSAR_CLIENT_CONF=" + b.Dir + "/no-such.conf"}, "validate", "mesh.yaml").Want(0)
		})
	}
}

// TestSilentServer: what takes connections and says nothing ends by --timeout.
func TestSilentServer(t *testing.T) {
	b := &harness.Bench{TB: t, Dir: t.TempDir(), Tenant: "public", Namespace: "default"}
	b.Jar("loss-a.jar", "code.jar")
	b.File("mesh", "jarFile: code.jar\nfunctions:\n  - {name: f, className: org.example.loss.Forward, inputs: [in], output: out}\n")
	l := listen(t)
	where := "http://" + l.Addr().String()
	for _, command := range []string{"plan", "apply --yes"} {
		args := append(strings.Fields(command), "mesh.yaml", "--timeout", "1s", "--admin-url", where, "--broker-url", "pulsar://127.0.0.1:1")
		c := harness.Run(t, b.Dir, nil, args...).Want(1)
		t.Logf("%v: %s", c.Took.Round(time.Millisecond), c.Output())
		if c.Took > soon {
			t.Errorf("%s took %v", c, c.Took)
		}
		c.Says("--timeout", where)
	}
}

// TestValidateNeedsNoNetwork: settings that lead nowhere do not matter to validate.
func TestValidateNeedsNoNetwork(t *testing.T) {
	b := &harness.Bench{TB: t, Dir: t.TempDir(), Tenant: "public", Namespace: "default"}
	b.File("good", "functions:\n  - {name: f, className: a.B, inputs: [in], output: out, jar: a.jar}\n")
	b.File("bad", "functions:\n  - {name: f, className: a.B, inputs: 5}\n")
	conf := b.Dir + "/client.conf"
	l := listen(t)
	for _, text := range []string{"webServiceUrl=http://192.0.2.1:8080\n", "webServiceUrl=http://no-such-host.invalid:8080\n", "webServiceUrl=http://" + l.Addr().String() + "\n", "rubbish"} {
		writeFile(t, conf, text)
		env := []string{"PULSAR_CLIENT_CONF=" + conf, "HTTP_PROXY=http://192.0.2.1:3128", "http_proxy=http://192.0.2.1:3128"}
		for file, code := range map[string]int{"good.yaml": 0, "bad.yaml": 3} {
			if c := harness.Run(t, b.Dir, env, "validate", file).Want(code); c.Took > soon {
				t.Errorf("%s took %v", c, c.Took)
			}
		}
	}
}

// TestNamespaceOfAnotherTenant: a Pulsar, but not the one that was meant.
func TestNamespaceOfAnotherTenant(t *testing.T) {
	b := harness.New(t, pulsartest.Shared(t))
	b.Jar("loss-a.jar", "code.jar")
	b.Tenant = "no-such-tenant"
	b.File("mesh", "jarFile: code.jar\nfunctions:\n  - {name: f, className: org.example.loss.Forward, inputs: [in], output: out}\n")
	for _, command := range []string{"plan", "apply --yes"} {
		c := b.Run(append(strings.Fields(command), "mesh.yaml")...).Want(3)
		c.Says("no-such-tenant/" + b.Namespace)
		t.Logf("%v: %s", c.Took.Round(time.Millisecond), c.Output())
	}
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func closedPort(t *testing.T) string {
	l := listen(t)
	l.Close()
	return l.Addr().String()
}

// talker greets each connection with a text and hangs up.
func talker(t *testing.T, greeting string) string {
	l := listen(t)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			fmt.Fprint(c, greeting)
			c.Close()
		}
	}()
	return l.Addr().String()
}

func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

func web(t *testing.T, status int, body string) string {
	s := httptest.NewServer(answer(status, body))
	t.Cleanup(s.Close)
	return s.URL
}

// tlsWeb is the URL, with the wrong scheme, of a server that speaks TLS.
func tlsWeb(t *testing.T) string {
	s := httptest.NewUnstartedServer(answer(http.StatusOK, "[]"))
	s.Config.ErrorLog = discard
	s.StartTLS()
	t.Cleanup(s.Close)
	return strings.Replace(s.URL, "https:", "http:", 1)
}
