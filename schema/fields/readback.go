package fields

// ReadBack returns Pulsar's fields of a kind that workers read back and that
// plans do not carry out yet. A live value other than the default was set by
// someone else: it is shown as a difference, never passed over, since a
// replacement would drop it.
func ReadBack(kind Kind) []Field {
	var out []Field
	for _, f := range byKind[kind] {
		if !f.Later || f.Hidden || f.Update == Local {
			continue
		}
		out = append(out, f)
	}
	return out
}
