package conn

import (
	"errors"
	"strings"
	"testing"
)

func TestTrustBroker(t *testing.T) {
	tests := []struct {
		name, admin, broker string
		allow               []string
		told                string
		token               bool
		refused             string
	}{
		{"the web service's host", "http://pulsar:8080", "", nil, "pulsar://pulsar:6650", true, ""},
		{"one of several hosts", "http://a:8080,b:8080", "", nil, "pulsar://B.:6650", true, ""},
		{"another host", "http://pulsar:8080", "", nil, "pulsar://broker-0:6650", true, "--allow-host broker-0"},
		{"an allowed host", "http://pulsar:8080", "", []string{"broker-0"}, "pulsar://broker-0:6650", true, ""},
		{"an allowed domain", "http://pulsar:8080", "", []string{"*.example.org"}, "pulsar://b1.example.org:6650", true, ""},
		{"another port of an allowed one", "http://pulsar:8080", "", []string{"broker-0:6651"}, "pulsar://broker-0:6650", true, "--allow-host"},
		{"a host that was named", "http://pulsar:8080", "pulsar://proxy:6650", nil, "pulsar://proxy:16650", true, ""},
		{"beside one that was named", "http://pulsar:8080", "pulsar://proxy:6650", nil, "pulsar://broker-0:6650", true, "--allow-host broker-0"},
		{"names of this machine", "http://localhost:8080", "", nil, "pulsar://127.0.0.1:6650", true, ""},
		{"names of another machine", "http://127.0.0.1.example.org:8080", "", nil, "pulsar://127.0.0.1:6650", true, "--allow-host"},
		{"in the clear beside https", "https://pulsar:8443", "", nil, "pulsar://pulsar:6650", true, "would show the credentials"},
		{"the same without credentials", "https://pulsar:8443", "", nil, "pulsar://pulsar:6650", false, ""},
		{"encrypted", "https://pulsar:8443", "", nil, "pulsar+ssl://pulsar:6651", true, ""},
		{"in the clear since it was named", "https://pulsar:8443", "pulsar://pulsar:6650", nil, "pulsar://pulsar:6650", true, ""},
		{"in the clear where an encrypted one was named", "http://pulsar:8080", "pulsar+ssl://proxy:6651", nil, "pulsar://proxy:6650", true, "--allow-host"},
	}
	for _, tt := range tests {
		s, err := Load(Flags{AdminURL: tt.admin, BrokerURL: tt.broker, AllowHosts: tt.allow}, func(string) string { return "" })
		if err != nil {
			t.Fatal(err)
		}
		if tt.token {
			if s.Auth, err = ParseAuth("token", "token:s3cret", nil); err != nil {
				t.Fatal(err)
			}
		}
		b, err := ParseBroker(tt.told)
		if err != nil {
			t.Fatal(err)
		}
		err = s.TrustBroker(b)
		var refused *RefusedError
		if tt.refused == "" && err != nil || tt.refused != "" && (!errors.As(err, &refused) || !strings.Contains(err.Error(), tt.refused)) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestBrokersThatWereNamed(t *testing.T) {
	none := func(string) string { return "" }
	s, err := Load(Flags{AdminURL: "http://pulsar:8080"}, none)
	if err != nil {
		t.Fatal(err)
	}
	if named, err := s.Brokers(); len(named) != 0 || err != nil {
		t.Errorf("the default counts as named: %v, %v", named, err)
	}
	if b, err := s.GuessBroker(); err != nil || b.String() != "pulsar://pulsar:6650" {
		t.Errorf("%v, %v", b, err)
	}
	if s, err = Load(Flags{AdminURL: "https://pulsar", BrokerURL: "pulsar+ssl://a,b:7"}, none); err != nil {
		t.Fatal(err)
	}
	if named, err := s.Brokers(); err != nil || len(named) != 2 || named[0] != (Broker{"a:6651", true}) || named[1] != (Broker{"b:7", true}) {
		t.Errorf("%v, %v", named, err)
	}
	if b, err := s.GuessBroker(); err != nil || b.String() != "pulsar+ssl://pulsar:6651" {
		t.Errorf("%v, %v", b, err)
	}
}

func TestBinaryCredentials(t *testing.T) {
	for _, tt := range []struct{ plugin, params, method, data string }{
		{"", "", "", ""},
		{"token", "token:abc", "token", "abc"},
		{"basic", "userId:me,password:a,b", "basic", "me:a,b"},
		{"tls", "tlsCertFile:/c,tlsKeyFile:/k", "tls", ""},
	} {
		a, err := ParseAuth(tt.plugin, tt.params, nil)
		if err != nil {
			t.Fatal(err)
		}
		if method, data, err := a.Binary(t.Context()); err != nil || method != tt.method || string(data) != tt.data {
			t.Errorf("%s: %q %q %v", tt.plugin, method, data, err)
		}
	}
}
