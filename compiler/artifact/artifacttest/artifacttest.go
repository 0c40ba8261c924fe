// Package artifacttest makes small jars for tests: class files with names, types
// and annotations and no code. They are real enough for meshc, not for a JVM.
package artifacttest

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"strings"
)

// Class is a class to write. Names have dots, as in Java source; types are
// written as class files do (La/B;).
type Class struct {
	Name string
	// Super is java.lang.Object where it is empty.
	Super      string
	Interfaces []string
	Signature  string
	// Access is the flags of the class; 0 stands for a public class.
	Access uint16
	// Constructor is the descriptor of its constructor, ()V where it is empty; "-" means none.
	Constructor string
	// Fields are descriptors by name, in the order of Order.
	Fields map[string]string
	Order  []string
	// Docs are the FieldDoc annotations of fields, by name.
	Docs map[string]Doc
}

// Doc is a FieldDoc annotation of org.apache.pulsar.io.core.
type Doc struct {
	Required, Sensitive bool
	Default             string
}

// Function is a public class with a public constructor that implements Pulsar's
// Function. The types are plain classes, such as java.lang.String.
func Function(name, input, output string) Class {
	return Implements(name, "org.apache.pulsar.functions.api.Function", input, output)
}

// Implements is a public class that implements an interface with these type
// arguments: names of classes, or descriptors of arrays.
func Implements(name, target string, args ...string) Class {
	c := Class{Name: name, Interfaces: []string{target}}
	if len(args) > 0 {
		c.Signature = "Ljava/lang/Object;L" + slashes(target) + "<"
		for _, a := range args {
			if strings.HasPrefix(a, "[") {
				c.Signature += a
				continue
			}
			c.Signature += "L" + slashes(a) + ";"
		}
		c.Signature += ">;"
	}
	return c
}

// Jar packs classes. The same classes give the same bytes.
func Jar(classes ...Class) []byte {
	var entries []Entry
	for _, c := range classes {
		entries = append(entries, Entry{slashes(c.Name) + ".class", c.Bytes()})
	}
	return Zip(entries...)
}

// Entry is a file for [Zip].
type Entry struct {
	Name string
	Data []byte
}

// Zip packs files, compressed.
func Zip(entries ...Entry) []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, e := range entries {
		f, err := w.CreateHeader(&zip.FileHeader{Name: e.Name, Method: zip.Deflate})
		if err == nil {
			_, err = f.Write(e.Data)
		}
		if err != nil {
			panic(err) // writing to memory does not fail
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// Bytes gives the class file.
func (c Class) Bytes() []byte {
	p := &pool{index: map[string]int{}}
	var body []byte
	access := c.Access
	if access == 0 {
		access = 0x21 // public, super
	}
	super := c.Super
	if super == "" {
		super = "java.lang.Object"
	}
	body = u2(body, int(access), p.class(c.Name), p.class(super), len(c.Interfaces))
	for _, i := range c.Interfaces {
		body = u2(body, p.class(i))
	}
	body = u2(body, len(c.Order))
	for _, name := range c.Order {
		body = u2(body, 2, p.utf8(name), p.utf8(c.Fields[name]))
		if doc, ok := c.Docs[name]; ok {
			annotation := doc.bytes(p)
			body = append(u2(body, 1, p.utf8("RuntimeVisibleAnnotations"), 0, len(annotation)), annotation...)
		} else {
			body = u2(body, 0)
		}
	}
	if c.Constructor == "-" {
		body = u2(body, 0)
	} else {
		descriptor := c.Constructor
		if descriptor == "" {
			descriptor = "()V"
		}
		body = u2(body, 1, 1, p.utf8("<init>"), p.utf8(descriptor), 0)
	}
	if c.Signature == "" {
		body = u2(body, 0)
	} else {
		body = u2(body, 1, p.utf8("Signature"), 0, 2, p.utf8(c.Signature))
	}
	out := []byte{0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 61} // Java 17
	out = u2(out, p.count+1)
	return append(append(out, p.data...), body...)
}

type pool struct {
	index map[string]int
	data  []byte
	count int
}

func (p *pool) add(key string, entry ...byte) int {
	if i, ok := p.index[key]; ok {
		return i
	}
	p.count++
	p.index[key] = p.count
	p.data = append(p.data, entry...)
	return p.count
}

func (p *pool) utf8(s string) int {
	return p.add("u"+s, append(u2([]byte{1}, len(s)), s...)...)
}

func (p *pool) class(name string) int {
	i := p.utf8(slashes(name))
	return p.add("c"+name, u2([]byte{7}, i)...)
}

func u2(b []byte, values ...int) []byte {
	for _, v := range values {
		b = binary.BigEndian.AppendUint16(b, uint16(v))
	}
	return b
}

func slashes(name string) string { return strings.ReplaceAll(name, ".", "/") }
