package pulsar

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// writeRunFolder makes the folders and the configuration of the server in its
// run folder, from the files of the distribution in home.
func (s *Server) writeRunFolder(home string) error {
	for _, d := range []string{"logs", "tmp", "connectors", "functions", "download"} {
		if err := os.Mkdir(s.path(d), 0o755); err != nil {
			return err
		}
	}
	if err := os.WriteFile(s.path("secret.key"), s.secret, 0o600); err != nil {
		return err
	}
	if err := os.CopyFS(s.path("conf"), os.DirFS(filepath.Join(home, "conf"))); err != nil {
		return err
	}
	if err := s.writeLoopback(home); err != nil {
		return err
	}
	return s.writeConfig(home)
}

// writeConfig writes the files that hold settings: those of the distribution
// with ours.
func (s *Server) writeConfig(home string) error {
	broker, err := os.ReadFile(filepath.Join(home, "conf", "standalone.conf"))
	if err != nil {
		return err
	}
	worker, err := os.ReadFile(filepath.Join(home, "conf", "functions_worker.yml"))
	if err != nil {
		return err
	}
	// A property given twice has its last value.
	if err := os.WriteFile(s.path("conf", "standalone.conf"), []byte(string(broker)+"\n"+s.brokerSettings()), 0o600); err != nil {
		return err
	}
	if err := os.WriteFile(s.path("conf", "functions_worker.yml"), []byte(overrideYAML(string(worker), s.workerSettings())), 0o600); err != nil {
		return err
	}
	for i := range s.opts.Workers {
		text := overrideYAML(overrideYAML(string(worker), s.workerSettings()), s.dedicatedSettings(i))
		if err := os.WriteFile(s.workerFile(i), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// brokerSettings are lines for standalone.conf.
func (s *Server) brokerSettings() string {
	var b strings.Builder
	set := func(key string, value any) { fmt.Fprintf(&b, "%s=%v\n", key, value) }
	set("webServicePort", s.ports.web)
	set("brokerServicePort", s.ports.broker)
	set("bindAddress", "127.0.0.1")
	set("advertisedAddress", "127.0.0.1")
	// Without these two the bookie listens on a random port of all interfaces
	// in RocksDB mode, whatever --bookkeeper-port says.
	set("listeningInterface", loopbackInterface())
	set("allowEphemeralPorts", true)
	// Names this server, see (*Server).ready; Pulsar's default is the temp folder.
	set("narExtractionDirectory", s.path("tmp"))
	// Else a test cannot clear its namespace away.
	set("forceDeleteNamespaceAllowed", true)
	set("forceDeleteTenantAllowed", true)
	if s.opts.HTTPThreads > 0 {
		set("numHttpServerThreads", s.opts.HTTPThreads)
	}
	if s.opts.Auth {
		set("authenticationEnabled", true)
		set("authorizationEnabled", true)
		set("authenticationProviders", tokenProvider)
		set("superUserRoles", AdminRole)
		set("tokenSecretKey", s.secretURL())
		set("brokerClientAuthenticationPlugin", tokenPlugin)
		set("brokerClientAuthenticationParameters", "token:"+s.AdminToken())
	}
	if s.opts.Workers > 0 {
		set("functionsWorkerEnabled", false)
		set("enablePackagesManagement", s.opts.Packages)
		set("packagesManagementStorageProvider", "org.apache.pulsar.packages.management.storage.filesystem.FileSystemPackagesStorageProvider")
	}
	for _, key := range slices.Sorted(maps.Keys(s.opts.Conf)) {
		set(key, s.opts.Conf[key])
	}
	return b.String()
}

const (
	tokenProvider = "org.apache.pulsar.broker.authentication.AuthenticationProviderToken"
	tokenPlugin   = "org.apache.pulsar.client.impl.auth.AuthenticationToken"
)

func (s *Server) secretURL() string { return "file://" + filepath.ToSlash(s.path("secret.key")) }

// workerSettings are top-level entries for functions_worker.yml.
func (s *Server) workerSettings() string {
	var b strings.Builder
	set := func(key string, value any) { fmt.Fprintf(&b, "%s: %v\n", key, value) }
	quote := func(v string) string { return fmt.Sprintf("%q", v) }
	set("pulsarServiceUrl", quote(s.BrokerURL))
	set("pulsarWebServiceUrl", quote(s.AdminURL))
	set("downloadDirectory", quote(s.path("download")))
	set("connectorsDirectory", quote(s.path("connectors")))
	set("functionsDirectory", quote(s.path("functions")))
	if s.opts.Runtime == Thread {
		set("functionRuntimeFactoryClassName", "org.apache.pulsar.functions.runtime.thread.ThreadRuntimeFactory")
		set("functionRuntimeFactoryConfigs", "{threadGroupName: fn}")
	} else {
		set("functionRuntimeFactoryClassName", "org.apache.pulsar.functions.runtime.process.ProcessRuntimeFactory")
		set("functionRuntimeFactoryConfigs", fmt.Sprintf("{logDirectory: %q}", s.path("logs")))
	}
	if s.opts.Auth {
		set("authenticationEnabled", true)
		set("authorizationEnabled", true)
		set("authenticationProviders", "["+tokenProvider+"]")
		set("superUserRoles", "["+AdminRole+"]")
		set("clientAuthenticationPlugin", tokenPlugin)
		set("clientAuthenticationParameters", quote("token:"+s.AdminToken()))
		set("properties", fmt.Sprintf("{tokenSecretKey: %q}", s.secretURL()))
	}
	return b.String()
}

// overrideYAML returns base without the top-level entries that settings (one
// line each) has too, and with settings at the end.
func overrideYAML(base, settings string) string {
	given := map[string]bool{}
	for line := range strings.Lines(settings) {
		key, _, _ := strings.Cut(line, ":")
		given[key] = true
	}
	var b strings.Builder
	drop := false
	for line := range strings.Lines(base) {
		if key, _, ok := strings.Cut(line, ":"); ok && !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "#") {
			drop = given[key]
		}
		if !drop {
			b.WriteString(line)
		}
	}
	return b.String() + "\n" + settings
}
