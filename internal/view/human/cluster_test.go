package human_test

import (
	"testing"

	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/human"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/state"
)

func TestList(t *testing.T) {
	golden(t, "testdata/cluster.txtar", "list", human.List(human.Style{}, view.NewList("public/default", []backend.Summary{
		{Mesh: "public/default/a", Nodes: []string{"one", "two"}, Generation: 3},
		{Mesh: "public/default/word-count", Nodes: []string{"split\x1b[1m"}, Generation: 12},
	}, nil)))
	golden(t, "testdata/cluster.txtar", "empty list", human.List(human.Style{}, view.NewList("public/default", nil, nil)))
}

func TestMeshes(t *testing.T) {
	live := wordCount()
	live.Facts[state.SubscriptionAddr(topicName("words"), "public/default/count")] = state.Facts{Backlog: 1204, Unacked: 3}
	doc := view.NewMeshes([]view.Mesh{view.NewMesh(live, cluster, []string{"store"}), view.NewMesh(empty(), cluster, nil)})
	golden(t, "testdata/cluster.txtar", "get", human.Meshes(human.Style{}, doc))
}

func TestStatus(t *testing.T) {
	split, count := state.ComponentAddr(state.KindFunction, "public", "default", "split"), state.ComponentAddr(state.KindFunction, "public", "default", "count")
	doc := view.NewStatus([]view.MeshStatus{
		view.NewMeshStatus("public/default/word-count", []backend.Health{
			{Addr: count, Wanted: 2, Running: 1, Backlog: 1500, Unacked: 4, RateIn: 1812.4, RateOut: 3.25, Instances: []backend.Instance{
				{ID: 0, Running: true, Received: 120_000, Processed: 119_998, Worker: "w-1"},
				{ID: 1, Error: "UNAVAILABLE: io exception\nat line 2", Restarts: 7, UserErrors: 2, SystemErrors: 1, LastError: "java.lang.NullPointerException", Worker: "w-2"},
			}},
			{Addr: split, Wanted: 1, Running: 1, Instances: []backend.Instance{{Running: true, Received: 10, Processed: 10}}},
		}, []string{"store"}),
		view.NewMeshStatus("public/default/gone", nil, nil),
	})
	if doc.Running {
		t.Error("a mesh with a missing function runs")
	}
	golden(t, "testdata/cluster.txtar", "status", human.Status(human.Style{}, doc))
}

func TestVersion(t *testing.T) {
	golden(t, "testdata/cluster.txtar", "version", human.Version(view.Version{
		Version: "v1.2.3", Commit: "0123456789abcdef0123", Date: "2026-11-25T10:00:00Z", Modified: true, Go: "go1.26.8", Platform: "linux/amd64",
	}))
}
