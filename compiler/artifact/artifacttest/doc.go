package artifacttest

// bytes gives the content of the attribute with the annotation (JVMS 4.7.16).
func (d Doc) bytes(p *pool) []byte {
	out := u2(nil, 1, p.utf8("Lorg/apache/pulsar/io/core/annotations/FieldDoc;"), 4)
	for _, flag := range []struct {
		name string
		set  bool
	}{{"required", d.Required}, {"sensitive", d.Sensitive}} {
		value := byte(0)
		if flag.set {
			value = 1
		}
		out = append(u2(out, p.utf8(flag.name)), 'Z')
		out = u2(out, p.add("i"+string(rune('0'+value)), 3, 0, 0, 0, value))
	}
	out = append(u2(out, p.utf8("defaultValue")), 's')
	out = u2(out, p.utf8(d.Default))
	out = append(u2(out, p.utf8("help")), 's')
	return u2(out, p.utf8("What it is for."))
}
