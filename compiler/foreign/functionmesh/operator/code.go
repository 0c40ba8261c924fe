package operator

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/schema/fields"
)

// packageURL is the only form of packages that the webhook takes: three parts, and
// at most one version.
var packageURL = regexp.MustCompile(`^(function|sink|source)://[^/@]+/[^/@]+/[^/@]+(@[^/@]+)?$`)

// parts of the blocks of languages.
var parts = map[string]struct{ path, location string }{
	"java": {"jar", "jarLocation"}, "python": {"py", "pyLocation"}, "golang": {"go", "goLocation"},
}

// code is the webhook's validateJavaRuntime and its kin, and validPackageLocation.
func code(p *pass) {
	name := p.runtime()
	if name == "" {
		return // which language a node is in is told of elsewhere
	}
	part := parts[name]
	if n := p.get(name, part.path); n != nil && n.Value == "" && p.given(n) {
		p.report(diag.CodeRefused, n, fmt.Sprintf("The %s says nothing about where its code is in the container.", p), "Give `kubernetes.codePath`.")
	}
	n := p.get(name, part.location)
	location := textOf(n)
	scheme, _, hasScheme := strings.Cut(location, "://")
	switch {
	case location == "" || scheme == "http" || scheme == "https":
	case !packageURL.MatchString(location) && (scheme == "function" || scheme == "sink" || scheme == "source"):
		p.report(diag.CodeRefused, n, fmt.Sprintf("The %s names a package by `%s`, which has not the form type://tenant/namespace/name@version.", p, n.Shown()), "Write such as function://public/default/words@1.")
	case !packageURL.MatchString(location):
		hint := "Upload it as a package, such as function://public/default/words@1, or put it into the image and give its path as `kubernetes.codePath`."
		if hasScheme {
			hint = "Locations are packages (function://, source://, sink://) or http(s) URLs."
		}
		p.report(diag.CodeRefused, n, fmt.Sprintf("The operator cannot download the code of the %s from `%s`.", p, n.Shown()), hint)
	case scheme != string(p.Kind) && p.Kind != fields.Function || p.Kind == fields.Function && scheme != "function":
		p.report(diag.OtherMeaning, n, fmt.Sprintf("The %s takes its code from a package of another sort, `%s`.", p, n.Shown()), fmt.Sprintf("Packages of a %s are named %s://...; the package service keeps each sort by itself.", p.Kind, p.Kind))
	}
}
