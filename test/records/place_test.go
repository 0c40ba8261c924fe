package records

import (
	"context"
	"errors"
	"testing"

	"github.com/meshc/meshc/backends/native/admin"
)

// TestAPlaceOfItsOwn: who only looks makes no topics; the first run does. Where there is
// no place for them, runs go on with a warning, unless they have to be recorded.
func TestAPlaceOfItsOwn(t *testing.T) {
	p := newPlace(t)
	file, topic := p.write(1), p.FullTopic("own")
	at := []string{"--records-topic", topic}
	run := func(args ...string) []string { return append(args, at...) }
	p.Run(run("history", file)...).Want(0).Says("Nothing is on record of ")
	p.Run(run("plan", file)...).Want(0)
	p.Run(run("list", "--all")...).Want(0).Says("No meshes are on record.")
	if _, err := p.Client.Partitions(context.Background(), topic); !errors.Is(err, admin.ErrNotFound) {
		t.Errorf("to look has made the topic: %v", err)
	}
	p.Run(run("apply", file, "--yes", "--record", "on")...).Want(0).Says("; version 1.")
	p.Run(run("list", "--all")...).Want(0).Says(p.id().String())
	p.Run("history", file).Want(0).Says("Nothing is on record of ")

	at[1] = "persistent://public/" + p.Namespace + "-nowhere/own"
	file = p.write(2)
	p.Run(run("apply", file, "--yes", "--record", "on")...).Want(1).Says("no place for records", "; nothing was written", "--records-topic names another place")
	p.Run(run("history", file)...).Want(0).Says("Nothing is on record of ")
	p.Run(run("apply", file, "--yes")...).Want(0).Says("warning: this run is not recorded", "no place for records")
}
