package pulsar

import (
	"fmt"
	"os/exec"
	"path/filepath"
)

// Missing returns what a start with these options needs and PATH does not
// have, each with the version wanted and why; none means that [Start] can be
// tried. Maven counts only as long as something is to be fetched.
func Missing(opts Options) []string {
	var missing []string
	opts, err := opts.withDefaults()
	if err != nil {
		return []string{err.Error()}
	}
	want := func(command, why string) bool {
		if _, err := exec.LookPath(command); err != nil {
			missing = append(missing, command+" ("+why+")")
			return false
		}
		return true
	}
	if want("java", "Java 17 or newer, to run the server") {
		if major, err := javaMajor(); err != nil {
			missing = append(missing, err.Error())
		} else if major < 17 {
			missing = append(missing, fmt.Sprintf("java (17 or newer, to run the server; the one on PATH is %d)", major))
		}
	}
	if !fetched(opts.Version) {
		want("mvn", "Maven 3.6.3 or newer, to fetch Pulsar "+opts.Version)
		if opts.Version == "4.2.4" {
			want("javac", "a JDK 17 or newer, to build Pulsar 4.2.4")
		}
	}
	if opts.Runtime == Process && opts.Python != "" {
		want(filepath.Join(opts.Python, "python3"), "Python 3.9 or newer, to run Python functions")
	}
	return missing
}
