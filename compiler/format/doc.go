// Package format brings mesh files into their canonical form: the keys of each
// kind in the order of schema/fields and under Pulsar's own names, and the layout
// of syntax.Layout. It never changes what a file means, and looks again at what
// it wrote before it gives it back.
package format
