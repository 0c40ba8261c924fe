package worker

import (
	"fmt"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/schema/fields"
)

var newer = lint.Rule{
	Code: diag.NewerField,
	Doc:  "Finds fields that older workers do not know and drop without a word: an error where `--pulsar-version` says that the workers are older.",
	Run: func(p *lint.Pass) {
		version := p.World.Version
		for _, s := range settings(p) {
			since := s.field.Since
			if since == "" || s.unread() {
				continue
			}
			detail := fmt.Sprintf("Workers before Pulsar %s do not know `%s` and drop it silently.", since, s.field.Name)
			switch {
			case version == "":
				p.Report(s.KeySpan, detail, fmt.Sprintf("Tell with `--pulsar-version` that the workers are of %s or later, or remove the key.", since))
			case fields.Before(version, since):
				p.Report(s.KeySpan, fmt.Sprintf("%s The workers are of %s.", detail, version), "Remove the key, or update Pulsar.").Severity = diag.Error
			}
		}
	},
}
