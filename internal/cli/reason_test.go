package cli

import (
	"strings"
	"testing"

	"github.com/meshc/meshc/planner/record"
)

// TestReasonsOfCI: the commit and the run come from what each service sets; what is
// missing or no URL stays out, and so do credentials.
func TestReasonsOfCI(t *testing.T) {
	for name, c := range map[string]struct {
		env  map[string]string
		want record.Reason
	}{
		"a desk": {map[string]string{"GITHUB_SHA": "x"}, record.Reason{}},
		"GitHub": {map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_SHA": "c", "GITHUB_SERVER_URL": "https://h", "GITHUB_REPOSITORY": "a/b", "GITHUB_RUN_ID": "1"},
			record.Reason{Commit: "c", Run: "https://h/a/b/actions/runs/1"}},
		"GitHub, a part missing": {map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_SHA": "c", "GITHUB_SERVER_URL": "https://h"}, record.Reason{Commit: "c"}},
		"GitLab":                 {map[string]string{"GITLAB_CI": "true", "CI_COMMIT_SHA": "c", "CI_JOB_URL": "https://u:p@h/j/1"}, record.Reason{Commit: "c", Run: "https://h/j/1"}},
		"Jenkins":                {map[string]string{"JENKINS_URL": "http://h", "GIT_COMMIT": "c", "BUILD_URL": "http://h/job/1/"}, record.Reason{Commit: "c", Run: "http://h/job/1/"}},
		"Buildkite":              {map[string]string{"BUILDKITE": "true", "BUILDKITE_COMMIT": "c", "BUILDKITE_BUILD_URL": "https://h/1"}, record.Reason{Commit: "c", Run: "https://h/1"}},
		"CircleCI":               {map[string]string{"CIRCLECI": "true", "CIRCLE_SHA1": "c", "CIRCLE_BUILD_URL": "https://h/1"}, record.Reason{Commit: "c", Run: "https://h/1"}},
		"Azure": {map[string]string{"TF_BUILD": "True", "BUILD_SOURCEVERSION": "c", "SYSTEM_COLLECTIONURI": "https://h/o/", "SYSTEM_TEAMPROJECT": "p q", "BUILD_BUILDID": "1"},
			record.Reason{Commit: "c", Run: "https://h/o/p%20q/_build/results?buildId=1"}},
		"Bitbucket": {map[string]string{"BITBUCKET_BUILD_NUMBER": "1", "BITBUCKET_COMMIT": "c", "BITBUCKET_GIT_HTTP_ORIGIN": "https://h/o/r"}, record.Reason{Commit: "c", Run: "https://h/o/r/pipelines/results/1"}},
		"Drone":     {map[string]string{"DRONE": "true", "DRONE_COMMIT_SHA": "c", "DRONE_BUILD_LINK": "javascript:x"}, record.Reason{Commit: "c"}},
		"too long":  {map[string]string{"DRONE": "true", "DRONE_COMMIT_SHA": strings.Repeat("c", 3000)}, record.Reason{}},
	} {
		f := &Factory{Getenv: func(k string) string { return c.env[k] }}
		c.want.Text = "why"
		if got := f.reason("why"); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
