package fields

import (
	"fmt"
	"strings"
)

// Versions are the releases of Pulsar that meshc knows, as major.minor, oldest first.
func Versions() []string { return []string{"4.0", "4.1", "4.2"} }

// Version reads a version of Pulsar as a user writes it, 4.0 or 4.0.8, and gives
// its major.minor. Empty text stands for any that meshc knows and gives "". The
// error names the known ones.
func Version(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	for _, v := range Versions() {
		patch, ok := strings.CutPrefix(s, v)
		if ok && (patch == "" || len(patch) > 1 && patch[0] == '.' && strings.Trim(patch[1:], "0123456789") == "") {
			return v, nil
		}
	}
	return "", fmt.Errorf("meshc knows Pulsar %s, not %q", strings.Join(Versions(), ", "), s)
}

// Before tells whether a version, as Version gives it, is older than another. An
// empty one is any, and so never surely older.
func Before(version, other string) bool {
	at := func(v string) int {
		for i, known := range Versions() {
			if known == v {
				return i
			}
		}
		return -1
	}
	return version != "" && at(version) < at(other)
}
