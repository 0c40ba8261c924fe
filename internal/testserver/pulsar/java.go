package pulsar

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/meshc/meshc/internal/testserver/child"
)

var javaVersionLine = regexp.MustCompile(`version "(\d+)`)

// javaMajor returns the feature release of the java on PATH, such as 17.
func javaMajor() (int, error) {
	out, err := exec.Command("java", "-version").CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("pulsar: cannot run java: %w", err)
	}
	m := javaVersionLine.FindSubmatch(out)
	if m == nil {
		return 0, fmt.Errorf("pulsar: java -version says nothing of a version:\n%s", child.LastLines(string(out), 3))
	}
	return strconv.Atoi(string(m[1]))
}

// brokerCommand returns the command that runs the server. It is not bin/pulsar:
// that one changes into the distribution's folder and writes its data there.
func (s *Server) brokerCommand(home string) (*exec.Cmd, error) {
	conf := s.path("conf", "standalone.conf")
	args := []string{
		"-Dpulsar.config.file=" + conf,
		"org.apache.pulsar.PulsarStandaloneStarter",
		"-a", "127.0.0.1", "-c", conf, "-fwc", s.path("conf", "functions_worker.yml"),
		"-nss", // no state store: tests do not need it, and RocksDB mode has none
		"--metadata-dir", s.path("data", "meta"), "--bookkeeper-dir", s.path("data", "bk"),
		"--bookkeeper-port", strconv.Itoa(s.ports.bookie),
	}
	if s.opts.zookeeper() {
		args = append(args, "--zookeeper-port", strconv.Itoa(s.ports.zookeeper), "--zookeeper-dir", s.path("data", "zk"))
	}
	if s.opts.Workers > 0 {
		args = append(args, "-nfw")
	}
	return s.javaCommand(home, args)
}

// javaCommand returns the command that runs a main class of the distribution,
// which is among last, with the properties before it.
func (s *Server) javaCommand(home string, last []string) (*exec.Cmd, error) {
	major, err := javaMajor()
	if err != nil {
		return nil, err
	}
	if major < 17 {
		return nil, fmt.Errorf("pulsar: the java on PATH is version %d; the server needs 17 or newer", major)
	}
	lib := filepath.Join(home, "lib", "*")
	const sep = string(os.PathListSeparator)
	args := []string{"-cp", s.path("loopback.jar") + sep + s.path("conf") + sep + lib}
	for _, p := range []string{
		"java.base/java.io", "java.base/java.util.zip", "java.base/java.nio", "java.base/java.lang",
		"java.base/java.math", "java.base/java.util", "java.base/jdk.internal.misc",
		"java.base/jdk.internal.platform", "java.base/sun.net", "java.management/sun.management",
		"jdk.management/com.sun.management.internal",
	} {
		args = append(args, "--add-opens", p+"=ALL-UNNAMED")
	}
	args = append(args, "--enable-native-access=ALL-UNNAMED")
	if major >= 23 {
		args = append(args, "--sun-misc-unsafe-memory-access=allow")
	}
	args = append(args,
		// Small and quick to start rather than fast; a busy server stays below 1 GB.
		"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xms128m", "-Xmx1g", "-XX:MaxDirectMemorySize=1g",
		"-XX:-UsePerfData", // else a file in the temp folder for each process
		"-Djava.io.tmpdir="+s.path("tmp"),
		"-Djava.net.preferIPv4Stack=true",
		"-Dio.netty.tryReflectionSetAccessible=true",
		"-Dlog4j.configurationFile=log4j2.yaml",
		"-Dlog4j.shutdownHookEnabled=false", "-Dlog4j2.is.webapp=false",
		"-Dpulsar.log.appender=Console", "-Dpulsar.routing.appender.default=Console",
		"-Dpulsar.log.level=info", "-Dpulsar.log.root.level=info", "-Dpulsar.log.immediateFlush=true",
		"-Dpulsar.log.console.json.template=classpath:EcsLayout.json",
		"-Dpulsar.log.dir="+s.path("logs"),
		"-Dpulsar.functions.process.container.log.dir="+s.path("logs"),
		"-Dpulsar.functions.java.instance.jar="+filepath.Join(home, "instances", "java-instance.jar"),
		"-Dpulsar.functions.python.instance.file="+s.path("python-instance", "python_instance_main.py"),
		"-Dpulsar.functions.extra.dependencies.dir="+filepath.Join(home, "instances", "deps"),
		"-Dpulsar.functions.instance.classpath="+s.path("loopback.jar")+sep+lib,
		"-Dpulsar.functions.log.conf="+s.path("conf", "functions_log4j2.xml"),
		"-Dbookkeeper.metadata.bookie.drivers=org.apache.pulsar.metadata.bookkeeper.PulsarMetadataBookieDriver",
		"-Dbookkeeper.metadata.client.drivers=org.apache.pulsar.metadata.bookkeeper.PulsarMetadataClientDriver",
		"-Dzookeeper.admin.enableServer=false", "-Dzookeeper.snapshot.trust.empty=true",
	)
	cmd := exec.Command("java", append(args, last...)...)
	cmd.Dir = s.RunDir // RocksDB mode writes packages-storage there
	cmd.Env = s.environment(home)
	return cmd, nil
}

// environment is that of this process without settings for other Pulsars.
func (s *Server) environment(home string) []string {
	var env []string
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "PULSAR_") {
			env = append(env, e)
		}
	}
	// Without it a Python instance looks for null/conf and dies in silence.
	env = append(env, "PULSAR_HOME="+home)
	if s.opts.zookeeper() {
		env = append(env, "PULSAR_STANDALONE_USE_ZOOKEEPER=1")
	}
	if s.opts.Python != "" {
		env = append(env, "PATH="+s.opts.Python+string(os.PathListSeparator)+os.Getenv("PATH"))
	}
	return env
}
