package worker

import (
	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/lint"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/schema/fields"
)

var encryption = lint.Rule{
	Code: diag.CryptoRefused,
	Doc:  "Finds encryption that cannot work: without a class that reads keys, without the names of keys where messages are written, and Python functions that would go on in clear text.",
	Run: func(p *lint.Pass) {
		for _, s := range settings(p) {
			if s.field.Below == fields.Crypto && s.Value.Shape == mesh.Mapping && !s.node.Base().Doubt {
				crypto(p, s.node, &s)
			}
		}
	},
}

func crypto(p *lint.Pass, n mesh.Node, s *setting) {
	c, isFunction := s.Value, n.Kind() == fields.Function
	if c.Get("cryptoKeyReaderClassName") == nil {
		answer := ""
		if isFunction {
			answer = "CryptoKeyReader class name required"
		}
		refuse(p, s.KeySpan, "`cryptoConfig` names no class that reads keys.", answer, "Add `cryptoKeyReaderClassName`.")
	}
	writes := s.field.Kind == fields.Producer
	keys := c.Get("encryptionKeys")
	switch {
	case writes && (keys == nil || keys.Shape == mesh.List && len(keys.Items) == 0):
		answer := "Missing encryption key name for producer crypto key reader"
		if isFunction {
			answer = "Must provide encryption key name for crypto key reader"
		}
		refuse(p, s.KeySpan, "`cryptoConfig` names no key to encrypt with.", answer, "Add `encryptionKeys` with the name of a key.")
	case writes && runtime(n) == fields.Python && len(keys.Items) > 1:
		e, _ := entry(c, "encryptionKeys")
		warn(p, e.Span(), "Python functions encrypt with the first of `encryptionKeys` only.", "Keep one key.")
	}
	if runtime(n) != fields.Python || given(c.Get("cryptoKeyReaderConfig")) {
		return
	}
	// python_instance.py reads the settings as JSON, logs that there are none, and goes on without a key reader.
	detail := "Without `cryptoKeyReaderConfig` Python instances make no key reader, and cannot read what is encrypted."
	if writes {
		detail = "Without `cryptoKeyReaderConfig` Python instances make no key reader, log that, and write in clear text."
	}
	p.Report(s.KeySpan, detail, "Add `cryptoKeyReaderConfig` with the arguments of the class, `{}` for none.")
}
