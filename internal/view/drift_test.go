package view_test

import (
	"testing"

	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/planner/diff"
)

func TestDrift(t *testing.T) {
	carol := []string{"carol (.spec.image, .spec.java.jar)", "dave (.spec.replicas)"}
	for _, c := range []struct {
		change view.Change
		want   string
	}{
		{view.Change{Action: diff.Update}, ""},
		{view.Change{Action: diff.Update, Drifted: true}, "changed in the cluster by others since meshc wrote it"},
		{view.Change{Action: diff.Update, Drifted: true, DriftedBy: carol}, "changed in the cluster since meshc wrote it, by carol (.spec.image, .spec.java.jar) and dave (.spec.replicas): it takes --force-conflicts to write that"},
		{view.Change{Action: diff.Delete, Drifted: true, DriftedBy: carol[1:]}, "changed in the cluster since meshc wrote it, by dave (.spec.replicas)"},
		{view.Change{Action: diff.Replace, DriftedBy: carol[1:]}, "held in the cluster by dave (.spec.replicas): it takes --force-conflicts to write that"},
	} {
		if got := c.change.Drift(); got != c.want {
			t.Errorf("%+v\n got %s\nwant %s", c.change, got, c.want)
		}
	}
}
