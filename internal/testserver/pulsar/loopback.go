package pulsar

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// A test server must not be reachable from other machines. Settings see to
// that for most of Pulsar, but four listeners are on all interfaces whatever
// the settings say: the ZooKeeper of the standalone, and the control and
// metrics ports of Java and of Python instances (process runtime). For these,
// the run folder has changed copies of two classes and two Python files, which
// come first; they differ in the address only. What is left are instances
// written in Go: there the address is in the user's own program.

// loopbackClass is this class, compiled for Java 17:
//
//	package io.meshc.test;
//	public class LoopbackBind extends java.net.InetSocketAddress {
//	    public LoopbackBind(int port) {
//	        super(java.net.InetAddress.getLoopbackAddress(), port);
//	    }
//	    public static io.grpc.ServerBuilder forPort(int port) {
//	        return io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder.forAddress(new LoopbackBind(port));
//	    }
//	}
//
// Its name is as long as java/net/InetSocketAddress, to be put in its place.
const (
	loopbackName  = "io/meshc/test/LoopbackBind"
	loopbackClass = `
yv66vgAAAD0AGwoAAgADBwAEDAAFAAYBABRqYXZhL25ldC9JbmV0QWRkcmVzcwEAEmdldExvb3BiYWNrQWRkcmVzcwEAGCgpTGph
dmEvbmV0L0luZXRBZGRyZXNzOwoACAAJBwAKDAALAAwBABpqYXZhL25ldC9JbmV0U29ja2V0QWRkcmVzcwEABjxpbml0PgEAGihM
amF2YS9uZXQvSW5ldEFkZHJlc3M7SSlWBwAOAQAaaW8vbWVzaGMvdGVzdC9Mb29wYmFja0JpbmQKAA0AEAwACwARAQAEKEkpVgoA
EwAUBwAVDAAWABcBADVpby9ncnBjL25ldHR5L3NoYWRlZC9pby9ncnBjL25ldHR5L05ldHR5U2VydmVyQnVpbGRlcgEACmZvckFk
ZHJlc3MBAFEoTGphdmEvbmV0L1NvY2tldEFkZHJlc3M7KUxpby9ncnBjL25ldHR5L3NoYWRlZC9pby9ncnBjL25ldHR5L05ldHR5
U2VydmVyQnVpbGRlcjsBAARDb2RlAQAHZm9yUG9ydAEAGihJKUxpby9ncnBjL1NlcnZlckJ1aWxkZXI7ACEADQAIAAAAAAACAAEA
CwARAAEAGAAAABUAAwACAAAACSq4AAEbtwAHsQAAAAAACQAZABoAAQAYAAAAGAADAAEAAAAMuwANWRq3AA+4ABKwAAAAAAAA`
)

// change replaces text that a file has exactly once: the files are pinned, so
// anything else is a mistake here.
type change struct{ old, new string }

// In both versions these classes name InetSocketAddress once, as what is made
// of a port number alone.
var addressChange = change{"\x01\x00\x1ajava/net/InetSocketAddress", "\x01\x00\x1a" + loopbackName}

const (
	zookeeperClass = "org/apache/pulsar/zookeeper/LocalBookkeeperEnsemble.class"
	instanceClass  = "org/apache/pulsar/functions/runtime/JavaInstanceStarter.class"
)

// In the table of constants of instanceClass, ServerBuilder.forPort (a method,
// 0x0a) moves from class 354 to class 425, which addressChange renames.
var forPortChange = change{"\x0a\x01\x62\x01\x63\x07\x01\x64", "\x0a\x01\xa9\x01\x63\x07\x01\x64"}

// writeLoopback writes the changed copies into the run folder: the classes as
// loopback.jar, the Python instance under python-instance/.
func (s *Server) writeLoopback(home string) error {
	jar, err := LoopbackJar(home, s.Version)
	if err != nil {
		return err
	}
	if err := os.WriteFile(s.path("loopback.jar"), jar, 0o644); err != nil {
		return err
	}
	python := s.path("python-instance")
	if err := os.CopyFS(python, os.DirFS(filepath.Join(home, "instances", "python-instance"))); err != nil {
		return err
	}
	if err := changeFile(filepath.Join(python, "server.py"), change{"'[::]:%d'", "'127.0.0.1:%d'"}); err != nil {
		return err
	}
	return changeFile(filepath.Join(python, "prometheus_client_fix.py"), change{"addr=''", "addr='127.0.0.1'"})
}

// LoopbackJar returns a jar that comes before Pulsar's own on a class path, of the
// server or of a Java instance (its pulsar.functions.instance.classpath): with it they
// listen on loopback only. home is what [Home] returns for the version.
func LoopbackJar(home, version string) ([]byte, error) {
	class, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(loopbackClass, "\n", ""))
	if err != nil {
		return nil, err
	}
	zookeeper, err := changedClass(home, version, "pulsar-broker", zookeeperClass, addressChange)
	if err != nil {
		return nil, err
	}
	instance, err := changedClass(home, version, "pulsar-functions-runtime", instanceClass, addressChange, forPortChange)
	if err != nil {
		return nil, err
	}
	var jar bytes.Buffer
	zw := zip.NewWriter(&jar)
	for name, content := range map[string][]byte{loopbackName + ".class": class, zookeeperClass: zookeeper, instanceClass: instance} {
		w, err := zw.Create(name)
		if err != nil {
			return nil, err
		}
		w.Write(content) // into memory
	}
	err = zw.Close()
	return jar.Bytes(), err
}

// changedClass returns a changed copy of a class of one of Pulsar's own jars.
func changedClass(home, version, artifact, class string, changes ...change) ([]byte, error) {
	jars, err := filepath.Glob(filepath.Join(home, "lib", "org.apache.pulsar?"+artifact+"-"+version+".jar"))
	if err != nil || len(jars) != 1 {
		return nil, fmt.Errorf("pulsar: %s has %d jars %s, want one; remove the folder to fetch it again", home, len(jars), artifact)
	}
	zr, err := zip.OpenReader(jars[0])
	if err != nil {
		return nil, err
	}
	defer zr.Close()
	f, err := zr.Open(class)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	return applyChanges(class, content, changes)
}

func changeFile(path string, changes ...change) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if content, err = applyChanges(path, content, changes); err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o644)
}

func applyChanges(name string, content []byte, changes []change) ([]byte, error) {
	for _, c := range changes {
		if n := bytes.Count(content, []byte(c.old)); n != 1 {
			return nil, fmt.Errorf("pulsar: %s has %q %d times, want once", name, c.old, n)
		}
		content = bytes.Replace(content, []byte(c.old), []byte(c.new), 1)
	}
	return content, nil
}
