package conn

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Flags are the command line's part of the settings; empty means not given.
type Flags struct {
	// AdminURL is --admin-url.
	AdminURL string
	// BrokerURL is --broker-url.
	BrokerURL string
	// WorkerURL is --worker-url.
	WorkerURL string
	// AllowHosts is --allow-host, see Settings.AllowedHosts.
	AllowHosts []string
}

// FlagError tells of a flag whose value cannot be used.
type FlagError struct {
	// Flag is its name, with the dashes.
	Flag string
	Err  error
}

// Error implements error.
func (e *FlagError) Error() string { return e.Flag + ": " + e.Err.Error() }

// Unwrap gives what is wrong.
func (e *FlagError) Unwrap() error { return e.Err }

// fromFlag makes err a flag's where the flag was given; else it is client.conf's.
func fromFlag(flag, given string, err error) error {
	if given == "" {
		return err
	}
	return &FlagError{flag, err}
}

// EnvClientConf names the environment variable with the path of client.conf,
// the same one that pulsar-admin reads.
const EnvClientConf = "PULSAR_CLIENT_CONF"

// Load builds settings: each value from its flag, else from the client.conf
// that the variable PULSAR_CLIENT_CONF names, else Pulsar's default. getenv is
// asked like os.Getenv (nil means os.Getenv), also later for `env:NAME` tokens.
// Keys and defaults are those of conf/client.conf of apache/pulsar.
//
// Errors: a *FlagError, the file cannot be read or is no properties file, a URL is not valid,
// an authentication plugin is not known, or TLS wants Java key stores.
func Load(f Flags, getenv func(string) string) (Settings, error) {
	if getenv == nil {
		getenv = os.Getenv
	}
	var props map[string]string
	if file := getenv(EnvClientConf); file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return Settings{}, fmt.Errorf("cannot read the client.conf that %s names: %w", EnvClientConf, err)
		}
		if props, err = parseProperties(string(text)); err != nil {
			return Settings{}, fmt.Errorf("%s: %w", file, err)
		}
	}
	s, err := fromProperties(props, f, getenv)
	if err != nil && len(props) > 0 && !errors.As(err, new(*FlagError)) {
		return Settings{}, fmt.Errorf("%w (settings from %s)", err, getenv(EnvClientConf))
	}
	if file := getenv(EnvClientConf); err == nil && file != "" && !slices.ContainsFunc(knownKeys, func(k string) bool { _, ok := props[k]; return ok }) {
		s.warn(file + " holds no setting that meshc reads, such as webServiceUrl or authPlugin; is it a client.conf?")
	}
	return s, err
}

// knownKeys are what is read of a client.conf.
var knownKeys = []string{
	"webServiceUrl", "serviceUrl", "brokerServiceUrl", "authPlugin", "authParams", "useKeyStoreTls",
	"tlsTrustCertsFilePath", "tlsCertificateFilePath", "tlsKeyFilePath", "tlsAllowInsecureConnection", "tlsEnableHostnameVerification",
}

func fromProperties(props map[string]string, f Flags, getenv func(string) string) (Settings, error) {
	get := func(key string) string { return strings.TrimSpace(props[key]) }
	s := Settings{AllowedHosts: f.AllowHosts, BrokerGiven: first(f.BrokerURL, get("brokerServiceUrl")) != ""}
	// serviceUrl is what client.conf called webServiceUrl before 1.0; pulsar-admin still reads it.
	admin := first(f.AdminURL, get("webServiceUrl"), get("serviceUrl"), DefaultAdminURL)
	broker := first(f.BrokerURL, get("brokerServiceUrl"), DefaultBrokerURL)
	bases, err := parseBases(admin)
	if err != nil {
		return Settings{}, fromFlag("--admin-url", f.AdminURL, err)
	}
	s.AdminURL = bases.String()
	if f.WorkerURL != "" {
		workers, err := parseBases(f.WorkerURL)
		if err != nil {
			return Settings{}, &FlagError{FlagWorkerURL, errors.New(strings.Replace(err.Error(), "admin URL", "worker URL", 1))}
		}
		if bases[0].Scheme == "https" && workers[0].Scheme != "https" {
			return Settings{}, &FlagError{FlagWorkerURL, fmt.Errorf("%s is not https and the admin URL is, so it would show the credentials", workers)}
		}
		s.WorkerURL = workers.String()
	}
	if s.BrokerURL, err = parseBroker(broker); err != nil {
		return Settings{}, fromFlag("--broker-url", f.BrokerURL, err)
	}
	if withoutUser(admin) != admin || withoutUser(broker) != broker {
		s.warn("user and password in a service URL are not used; set authPlugin and authParams in client.conf")
	}
	if err := s.tlsFromProperties(get); err != nil {
		return Settings{}, err
	}
	s.Auth, err = ParseAuth(get("authPlugin"), get("authParams"), getenv)
	if err != nil {
		return Settings{}, err
	}
	if cert, key := s.Auth.ClientCertificate(); cert != "" {
		s.TLS.CertFile, s.TLS.KeyFile = cert, key
	}
	if _, err := parseAllowed(s.AllowedHosts, bases[0].Scheme); err != nil {
		return Settings{}, &FlagError{FlagAllowHost, err}
	}
	return s, nil
}

func (s *Settings) tlsFromProperties(get func(string) string) error {
	flag := func(key string, unset bool) (bool, error) {
		text := get(key)
		if text == "" {
			return unset, nil
		}
		v, err := strconv.ParseBool(strings.ToLower(text))
		if err != nil {
			return false, fmt.Errorf("%s must be true or false", key)
		}
		return v, nil
	}
	stores, err := flag("useKeyStoreTls", false)
	if err != nil {
		return err
	}
	if stores {
		return fmt.Errorf("useKeyStoreTls=true: Java key stores are not read; convert them to PEM and set tlsTrustCertsFilePath, tlsCertificateFilePath and tlsKeyFilePath")
	}
	s.TLS.TrustCertsFile = get("tlsTrustCertsFilePath")
	s.TLS.CertFile = get("tlsCertificateFilePath")
	s.TLS.KeyFile = get("tlsKeyFilePath")
	if (s.TLS.CertFile == "") != (s.TLS.KeyFile == "") {
		return fmt.Errorf("tlsCertificateFilePath and tlsKeyFilePath must be set together")
	}
	if s.TLS.AllowInsecure, err = flag("tlsAllowInsecureConnection", false); err != nil {
		return err
	}
	// Absent means checked here. The client.conf that Pulsar ships says false,
	// and what is said is done, as pulsar-admin does it.
	verify, err := flag("tlsEnableHostnameVerification", true)
	if err != nil {
		return err
	}
	s.TLS.SkipHostname = !verify
	encrypted := strings.HasPrefix(s.AdminURL, "https:") || strings.HasPrefix(s.BrokerURL, "pulsar+ssl:")
	if encrypted && s.TLS.AllowInsecure {
		s.warn("tlsAllowInsecureConnection=true: any server certificate is accepted")
	} else if encrypted && s.TLS.SkipHostname {
		s.warn("tlsEnableHostnameVerification=false: the certificate of any host name is accepted")
	}
	return nil
}

func (s *Settings) warn(text string) { s.Warnings = append(s.Warnings, text) }

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
