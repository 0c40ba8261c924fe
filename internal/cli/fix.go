package cli

import (
	"fmt"

	"github.com/meshc/meshc/compiler"
	"github.com/meshc/meshc/internal/view"
)

// maxRounds bounds how often files are mended: a mended mistake may show another.
const maxRounds = 10

// mend carries out the fixes of the findings in the files, and tells on standard
// error what it did. Each file is written whole or not at all.
func (o *validateOptions) mend() error {
	total := map[string]int{}
	var order []string
	for range maxRounds {
		inputs, _ := compiler.Read(o.input.all(o.args), o.f.In, o.input.overlays...)
		overlays, _ := compiler.ReadOverlays(o.input.overlays)
		result := o.compile()
		wrote := false
		for _, in := range append(inputs, overlays...) {
			if in.Name == "-" {
				return usage("save it to a file first", "--fix cannot change standard input")
			}
			var done int
			if in.Data, done = result.Findings.Mended(in.Name, in.Data); done == 0 {
				continue
			}
			if err := rewriteFile(in.Name, in.Original()); err != nil {
				return fmt.Errorf("%s was not mended: %w", view.Clean(in.Name), err)
			}
			if total[in.Name] == 0 {
				order = append(order, in.Name)
			}
			total[in.Name] += done
			wrote = true
		}
		if !wrote {
			break
		}
	}
	for _, name := range order {
		o.f.say("%s: mended %d of the findings", view.Clean(name), total[name])
	}
	return nil
}

func (o *validateOptions) compile() compiler.Result {
	return o.f.compile(&o.input, o.input.all(o.args), o.f.In, compiler.Options{
		PulsarVersion: o.pulsar, Severities: o.severities, Cache: o.f.cache(o.cache.unlessOff(trustTimes)),
		Target: compiler.Target(o.target), Operator: o.operator, Components: o.components,
	})
}
