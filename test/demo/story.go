package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	client "github.com/apache/pulsar-client-go/pulsar"

	"github.com/meshc/meshc/internal/testserver/pulsar"
)

// story is what the steps have in common.
type story struct {
	*tool
	srv     *pulsar.Server
	client  client.Client
	lines   [][]string
	feeder  *feeder
	counter *counter

	ready, deployed, updated time.Duration
	counted, again           int
}

// demo tells all of it, and clears away whatever happens.
func demo(ctx context.Context, t *teller, opts pulsar.Options) (err error) {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	if missing := pulsar.Missing(opts); len(missing) > 0 {
		return needs(missing)
	}
	tmp, err := os.MkdirTemp("", "meshc-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	t.say("meshc deploys function meshes: Pulsar functions that are wired by topics, written in one file.\n" +
		"This demo runs the real meshc against a real Apache Pulsar, on ports of this machine only.")
	m, err := prepare(ctx, t, root, tmp)
	if err != nil {
		return err
	}
	s := &story{tool: m, lines: text()}
	if err := s.offline(ctx); err != nil {
		return err
	}
	opts.Dir = tmp // the whole demo leaves one folder to remove
	if err := s.start(ctx, opts); err != nil {
		return err
	}
	stopped := false
	defer func() {
		if !stopped {
			t.say("\nstopping the Pulsar server ...")
			s.hangUp()
			_ = s.srv.Stop() // why the demo ends early says more
		}
	}()
	for _, step := range []func(context.Context) error{s.deploy, s.count, s.nothingToDo, s.change, s.look, s.takeDown, s.nothingLeft} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	stopped = true
	return s.stop()
}

// prepare builds the functions of the examples and meshc.
func prepare(ctx context.Context, t *teller, root, tmp string) (*tool, error) {
	t.step("Building", "The functions that will be deployed (Java, by Maven), and meshc. This takes a while the first time only.")
	t.command("examples/build.sh")
	out, err := exec.CommandContext(ctx, filepath.Join(root, "examples", "build.sh")).CombinedOutput()
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, fmt.Errorf("the functions of the examples do not build: %w\n%s", err, out)
	}
	t.command("go", "build", "./cmd/meshc")
	return buildTool(ctx, t, root, tmp)
}

// offline is what meshc does without a cluster.
func (s *story) offline(ctx context.Context) error {
	s.step("A mistake, found before anything runs", "The example that is printed in PIP-66, the proposal of function meshes, is no valid YAML.\nmeshc names the lines and says how to write them. It connects to nothing for that.")
	s.command("cd", "examples/word-count")
	if _, err := s.run(ctx, 3, "validate", "../pip-66/as-printed.yaml"); err != nil {
		return err
	}
	s.step("A mesh", "Two functions: split cuts sentences into words, count counts them. The file is as PIP-66 wants it.")
	s.command("cat", "mesh.yaml")
	mesh, err := os.ReadFile(filepath.Join(s.dir, "mesh.yaml"))
	if err != nil {
		return err
	}
	s.say("%s", mesh)
	_, err = s.run(ctx, 0, "validate", "mesh.yaml")
	return err
}

// start starts the server and makes the topic of the sentences.
func (s *story) start(ctx context.Context, opts pulsar.Options) (err error) {
	s.step("A real Pulsar", "Apache Pulsar "+opts.Version+", with broker, storage and function worker. It takes about ten seconds;\nthe first time it is fetched before that (250 MB).")
	begin := time.Now()
	if s.srv, err = pulsar.Start(ctx, opts); err != nil {
		return err
	}
	s.ready = time.Since(begin)
	s.ok("Pulsar %s is ready after %s", s.srv.Version, seconds(s.ready))
	if err := s.connect(s.srv.AdminURL, s.srv.BrokerURL); err != nil {
		return err
	}
	s.say("\nThe topic of the sentences belongs to someone else: it is there before the mesh and stays after it.")
	s.command("export", "PULSAR_CLIENT_CONF=... # where that Pulsar is")
	s.command("curl", "-X", "PUT", s.srv.AdminURL+"/admin/v2/persistent/public/default/sentences")
	if err := s.rest(ctx, "PUT", "/admin/v2/persistent/public/default/sentences", nil); err != nil {
		return err
	}
	s.client, err = dial(s.srv.BrokerURL)
	return err
}

// hangUp closes what is connected to the server.
func (s *story) hangUp() {
	if s.client != nil {
		s.client.Close()
	}
}

// stop stops the server and looks whether anything of it is left.
func (s *story) stop() error {
	s.step("The end of Pulsar", "The server is stopped and its data removed.")
	s.hangUp()
	begin := time.Now()
	if err := s.srv.Stop(); err != nil {
		return err
	}
	if err := gone(s.srv); err != nil {
		return err
	}
	s.ok("no process, port or file of the server is left; it took %s", seconds(time.Since(begin)))
	s.say("\n%s %d steps in %s: Pulsar ready in %s, mesh deployed in %s, updated under load in %s;\n%d words counted, none lost; %d came twice and were told as duplicates.",
		s.paint("1;32", "All as told."), s.steps, seconds(time.Since(s.begun)), seconds(s.ready), seconds(s.deployed), seconds(s.updated), s.counted, s.again)
	return nil
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
