package manager_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/conn"
	"github.com/meshc/meshc/backends/native/manager"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/planner/record"
	"github.com/meshc/meshc/planner/record/recordtest"
)

// job is what a child, which is this test binary, does; as JSON in the environment.
type job struct {
	AdminURL, Topic, Author string
	Mesh                    string
	// Stop makes it stop itself between comparing and writing. Until is the version up to which it writes.
	Stop  bool
	Until int64
}

const jobEnv = "MESHC_RECORDS_JOB"

func TestMain(m *testing.M) {
	if text := os.Getenv(jobEnv); text != "" {
		if err := child(text); err != nil {
			fmt.Println("failed", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	pulsartest.Main(m)
}

// child writes versions of a mesh and says on each line what became of one: won or lost,
// the version, and who won.
func child(text string) error {
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		return err
	}
	settings := conn.Settings{AdminURL: j.AdminURL}
	client, err := admin.New(settings)
	if err != nil {
		return err
	}
	o := manager.Options{Topic: j.Topic, Client: client, Settings: settings, Away: 3 * time.Minute}
	if j.Stop {
		goesOn := make(chan os.Signal, 1)
		signal.Notify(goesOn, syscall.SIGCONT)
		o = manager.WithHeld(o, func() {
			// The other threads stop a moment later.
			_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
			<-goesOn
		})
	}
	ctx := context.Background()
	s, err := manager.Open(ctx, o)
	if err != nil {
		return err
	}
	defer s.Close()
	id, err := mesh.ParseID(j.Mesh)
	if err != nil {
		return err
	}
	for {
		h, err := s.Head(ctx, id)
		if err != nil && !errors.Is(err, record.ErrNone) {
			return err
		}
		if h.Version >= j.Until {
			return nil
		}
		stored, err := s.Write(ctx, recordtest.Next(id, h, j.Author), recordtest.BodyOf("name: x"))
		var conflict *record.ConflictError
		switch {
		case err == nil:
			fmt.Println("won", stored.Version, j.Author)
		case errors.As(err, &conflict):
			fmt.Println("lost", h.Version+1, conflict.Winner.Author)
		default:
			return err
		}
	}
}

// process is a child that runs.
type process struct {
	*exec.Cmd
	lines chan string
}

func (p *place) start(t testing.TB, j job) *process {
	t.Helper()
	j.AdminURL, j.Topic = p.srv.AdminURL, p.topic()
	text, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	c := &process{Cmd: exec.Command(os.Args[0]), lines: make(chan string, 1<<16)}
	c.Env = append(os.Environ(), jobEnv+"="+string(text))
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(c.lines)
		for in := bufio.NewScanner(out); in.Scan(); {
			c.lines <- in.Text()
		}
	}()
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	return c
}

// TestAStoppedHolderIsFencedOff: a writer that stands still between its comparison and
// its write holds nobody up for long, and does not get in when it goes on.
func TestAStoppedHolderIsFencedOff(t *testing.T) {
	p := newPlace(t, pulsartest.Shared(t))
	id := newMesh()
	o := p.options(t)
	o.Patience = time.Second
	s := openWith(t, o)
	first, err := s.Write(t.Context(), recordtest.Next(id, record.Head{}, "before"), nil)
	if err != nil {
		t.Fatal(err)
	}
	c := p.start(t, job{Author: "stopped", Mesh: id.String(), Stop: true, Until: 2})
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(c.Process.Pid, &status, syscall.WUNTRACED, nil); err != nil || !status.Stopped() {
		t.Fatal(status, err)
	}
	begin := time.Now()
	second, err := s.Write(t.Context(), recordtest.Next(id, first, "other"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if waited := time.Since(begin); waited < o.Patience || waited > 20*time.Second {
		t.Errorf("it waited %v", waited)
	} else {
		t.Logf("written %v after the holder had stopped", waited)
	}
	if err := c.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if line := <-c.lines; line != "lost 2 other" {
		t.Errorf("the stopped one says %q", line)
	}
	got, err := s.History(t.Context(), id, 0, 10)
	if err != nil || len(got) != 2 || got[0].Author != "other" || got[0].Revision != second.Revision {
		t.Errorf("%+v, %v", got, err)
	}
	if list := problems(s); len(list) > 0 {
		t.Errorf("problems: %v", list)
	}
}

// words splits a line of a child.
func words(line string) (what string, version int64, who string, err error) {
	_, err = fmt.Sscanf(strings.TrimSpace(line), "%s %d %s", &what, &version, &who)
	return what, version, who, err
}
