package cli

import (
	"net/url"
	"strings"

	"github.com/meshc/meshc/planner/record"
)

// longestReason bounds each part of a reason, in bytes.
const longestReason = 2000

// author says who runs this command, for records: user@host.
func (f *Factory) author() string {
	h := f.holder()
	if h.Host == "" {
		return h.User
	}
	return h.User + "@" + h.Host
}

// ci is how a service for continuous integration tells its jobs what they run for.
type ci struct {
	// marker is a variable that is set in its jobs alone.
	marker string
	commit string
	// run are the parts of the run's URL: names of variables, and /texts between them.
	run []string
}

// services are known by what their documentation says of predefined variables.
var services = []ci{
	{"GITHUB_ACTIONS", "GITHUB_SHA", []string{"GITHUB_SERVER_URL", "/", "GITHUB_REPOSITORY", "/actions/runs/", "GITHUB_RUN_ID"}},
	{"GITLAB_CI", "CI_COMMIT_SHA", []string{"CI_JOB_URL"}},
	{"JENKINS_URL", "GIT_COMMIT", []string{"BUILD_URL"}},
	{"BUILDKITE", "BUILDKITE_COMMIT", []string{"BUILDKITE_BUILD_URL"}},
	{"CIRCLECI", "CIRCLE_SHA1", []string{"CIRCLE_BUILD_URL"}},
	{"TF_BUILD", "BUILD_SOURCEVERSION", []string{"SYSTEM_COLLECTIONURI", "SYSTEM_TEAMPROJECT", "/_build/results?buildId=", "BUILD_BUILDID"}},
	{"BITBUCKET_BUILD_NUMBER", "BITBUCKET_COMMIT", []string{"BITBUCKET_GIT_HTTP_ORIGIN", "/pipelines/results/", "BITBUCKET_BUILD_NUMBER"}},
	{"DRONE", "DRONE_COMMIT_SHA", []string{"DRONE_BUILD_LINK"}},
}

// reason says why this command runs: what the user said, and what the environment tells.
func (f *Factory) reason(text string) record.Reason {
	r := record.Reason{Text: text}
	for _, s := range services {
		if f.Getenv(s.marker) == "" {
			continue
		}
		r.Commit, r.Run = bounded(f.Getenv(s.commit)), bounded(s.url(f.Getenv))
		break
	}
	return r
}

// url is that of the run; empty where a part is missing, or where it is none. What
// could be credentials in it is left out.
func (s ci) url(getenv func(string) string) string {
	text := ""
	for _, part := range s.run {
		if strings.HasPrefix(part, "/") {
			text += part
			continue
		}
		value := getenv(part)
		if value == "" {
			return ""
		}
		text += value
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	u.User = nil
	return u.String()
}

// bounded drops what is too long for what it is said to be.
func bounded(s string) string {
	if len(s) > longestReason {
		return ""
	}
	return s
}
