package conn

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// load runs Load with a client.conf of this text; no text means no file.
func load(t *testing.T, f Flags, conf string) (Settings, error) {
	t.Helper()
	file := ""
	if conf != "" {
		file = filepath.Join(t.TempDir(), "client.conf")
		if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return Load(f, func(name string) string {
		if name == EnvClientConf {
			return file
		}
		return ""
	})
}

func TestWorkerURL(t *testing.T) {
	none := func(string) string { return "" }
	s, err := Load(Flags{WorkerURL: "http://a:6750,b"}, none)
	if err != nil || s.WorkerURL != "http://a:6750,b:80" {
		t.Errorf("%q, %v", s.WorkerURL, err)
	}
	if base, err := s.WorkerBase(); err != nil || base.Host != "a:6750" {
		t.Errorf("%v, %v", base, err)
	}
	for _, f := range []Flags{{WorkerURL: "worker:6750"}, {AdminURL: "https://pulsar", WorkerURL: "http://worker:6750"}} {
		var flag *FlagError
		if _, err := Load(f, none); !errors.As(err, &flag) || flag.Flag != FlagWorkerURL {
			t.Errorf("%+v: %v", f, err)
		}
	}
}

func TestLoadPrecedence(t *testing.T) {
	const conf = "webServiceUrl=https://conf:8443/\nbrokerServiceUrl=pulsar+ssl://conf:6651/\n"
	tests := []struct {
		name, conf    string
		flags         Flags
		admin, broker string
	}{
		{"defaults", "", Flags{}, "http://localhost:8080", "pulsar://localhost:6650"},
		{"file", conf, Flags{}, "https://conf:8443", "pulsar+ssl://conf:6651"},
		{"a flag beats the file, one by one", conf, Flags{AdminURL: "http://flag"}, "http://flag:80", "pulsar+ssl://conf:6651"},
		{"several hosts", "webServiceUrl: http://a:8080,b:8080,[::1]/x/\nbrokerServiceUrl pulsar://a,b:1", Flags{}, "http://a:8080,b:8080,[::1]:80/x", "pulsar://a:6650,b:1"},
		{"old name", "serviceUrl=http://old:8080", Flags{BrokerURL: "pulsar://o"}, "http://old:8080", "pulsar://o:6650"},
		{"user in the URL is dropped", "", Flags{AdminURL: "http://me:p@ss@h:1", BrokerURL: "pulsar://me:pw@h:2"}, "http://h:1", "pulsar://h:2"},
		{"references are not expanded", "webServiceUrl=http://a:1\nauthParams=${TOKEN}", Flags{BrokerURL: "pulsar://a"}, "http://a:1", "pulsar://a:6650"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := load(t, tt.flags, tt.conf)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := []string{s.AdminURL, s.BrokerURL}, []string{tt.admin, tt.broker}; !cmp.Equal(got, want) {
				t.Error(cmp.Diff(want, got))
			}
		})
	}
}

func TestLoadTLS(t *testing.T) {
	s, err := load(t, Flags{}, `
webServiceUrl=https://h:8443
brokerServiceUrl=pulsar+ssl://h:6651
tlsAllowInsecureConnection=false
tlsEnableHostnameVerification=false
tlsTrustCertsFilePath=/ca.pem
authPlugin=org.apache.pulsar.client.impl.auth.AuthenticationTls
authParams=tlsCertFile:/me.pem,tlsKeyFile:/me.key
`)
	if err != nil {
		t.Fatal(err)
	}
	want := TLS{TrustCertsFile: "/ca.pem", CertFile: "/me.pem", KeyFile: "/me.key", SkipHostname: true}
	if s.TLS != want {
		t.Errorf("got %+v, want %+v", s.TLS, want)
	}
	if len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0], "tlsEnableHostnameVerification") {
		t.Errorf("warnings %q", s.Warnings)
	}
	if s, _ := load(t, Flags{}, "webServiceUrl=https://h"); s.TLS.SkipHostname {
		t.Error("without the key the host name must be checked")
	}
}

func TestLoadRefuses(t *testing.T) {
	tests := []struct {
		name, conf, want string
		flags            Flags
	}{
		{"scheme", "", "write http://host:8080", Flags{AdminURL: "ftp://h"}},
		{"no scheme", "", "write http://host:8080", Flags{AdminURL: "localhost:8080"}},
		{"broker scheme", "", "write pulsar://host:6650", Flags{BrokerURL: "http://h"}},
		{"two schemes", "", "write http://a:8080,b:8080", Flags{AdminURL: "http://a:8080,http://b:8080/"}},
		{"two broker schemes", "", "write pulsar://a,b", Flags{BrokerURL: "pulsar://a;pulsar://b"}},
		{"two schemes with secrets", "", "write http://b", Flags{AdminURL: "http://me:s3cret@a,http://me:s3cret@b"}},
		{"plugin", "authPlugin=org.example.Athenz", "AuthenticationToken (token)", Flags{}},
		{"key stores", "useKeyStoreTls=true", "convert them to PEM", Flags{}},
		{"half a pair", "tlsKeyFilePath=/k", "must be set together", Flags{}},
		{"no bool", "tlsAllowInsecureConnection=maybe", "must be true or false", Flags{}},
		{"token without params", "authPlugin=token", "file:///path", Flags{}},
		{"bad escape", `authParams=\uZZ12`, "line 1", Flags{}},
		{"star", "", "a star stands only", Flags{AllowHosts: []string{"a*b"}}},
		{"oauth2", `authPlugin=org.apache.pulsar.client.impl.auth.oauth2.AuthenticationOAuth2` + "\nauthParams=" + `{"issuerUrl":"https://i","privateKey":"s3cret"}`, "file:///path/to/key.json", Flags{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(t, tt.flags, tt.conf)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want %q in it", err, tt.want)
			}
			if strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the error shows a secret: %v", err)
			}
		})
	}
}

// TestNoSecretIsPrinted prints settings of each method in each way there is.
func TestNoSecretIsPrinted(t *testing.T) {
	key := `{"type":"client_credentials","privateKey":"data:application/json,{\"client_id\":\"s3cret\",\"client_secret\":\"s3cret\"}","issuerUrl":"https://me:s3cret@issuer"}`
	for plugin, params := range map[string]string{
		"token": "token:s3cret", "basic": "userId:me,password:s3cret", "oauth2": key,
	} {
		s, err := load(t, Flags{AdminURL: "https://u:s3cret@h:1", BrokerURL: "pulsar://u:s3cret@h:2"}, "authPlugin="+plugin+"\nauthParams="+strings.ReplaceAll(params, `\`, `\\`))
		if err != nil {
			t.Fatal(err)
		}
		// Filled by hand, too.
		s.AdminURL, s.BrokerURL = "https://u:s3cret@h:1", "pulsar://u:s3cret@h:2"
		text, _ := s.MarshalText()
		var logged strings.Builder
		log := slog.New(slog.NewTextHandler(&logged, nil))
		log.Info("x", "settings", s, "pointer", &s, "auth", s.Auth)
		slog.New(slog.NewJSONHandler(&logged, nil)).Info("x", "settings", s, "pointer", &s, "auth", s.Auth)
		out := fmt.Sprintf("%v %+v %#v %s %q %d %x %v %+v %#v %v %+v", s, s, s, s, s, s, s, &s, s.Auth, &s.Auth, []any{s, s.Auth}, struct{ S Settings }{s}) +
			s.String() + string(text) + logged.String() + strings.Join(s.Warnings, "")
		if strings.Contains(out, "s3cret") || strings.Contains(out, "733363726574") {
			t.Errorf("%s: a secret is printed: %s", plugin, out)
		}
	}
}

// TestFileThatIsNoClientConf: a file of other settings is no client.conf.
func TestFileThatIsNoClientConf(t *testing.T) {
	for conf, want := range map[string]int{"": 0, "authParams=": 0, "brokerClientUrl=x\n": 1} {
		s, err := load(t, Flags{AdminURL: "http://far:8080"}, conf)
		if err != nil || len(s.Warnings) != want {
			t.Errorf("%q: %v, %q", conf, err, s.Warnings)
		}
	}
}
