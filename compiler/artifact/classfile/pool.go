package classfile

import "unicode/utf8"

// The tags of the constant pool (JVM specification, table 4.4-A).
const (
	tagUtf8         = 1
	tagInteger      = 3
	tagFloat        = 4
	tagLong         = 5
	tagDouble       = 6
	tagClass        = 7
	tagString       = 8
	tagField        = 9
	tagMethod       = 10
	tagInterface    = 11
	tagNameAndType  = 12
	tagMethodHandle = 15
	tagMethodType   = 16
	tagDynamic      = 17
	tagInvoke       = 18
	tagModule       = 19
	tagPackage      = 20
)

// sizes are the bytes behind the tag, for the tags whose size is fixed.
var sizes = map[int]int{
	tagInteger: 4, tagFloat: 4, tagLong: 8, tagDouble: 8, tagClass: 2, tagString: 2, tagField: 4, tagMethod: 4,
	tagInterface: 4, tagNameAndType: 4, tagMethodHandle: 3, tagMethodType: 2, tagDynamic: 4, tagInvoke: 4, tagModule: 2, tagPackage: 2,
}

// pool is the constant pool (4.4). Entries stay as bytes: of the hundreds that a
// class has, the facts need a few.
type pool []constant

type constant struct {
	tag  int
	data []byte
	// forms are the texts made of the entry, each once: two bytes of a class file
	// can name a constant of 64 KB, and a thousand such uses must not be a thousand copies.
	forms [3]string
}

// The forms of a Utf8 constant.
const (
	plain  = iota // as it is
	dotted        // with dots for slashes
	typed         // the class that a descriptor names
)

func readPool(r *reader) pool {
	count := r.u2()
	// Each entry takes three bytes at least: a count that the file cannot hold is not believed.
	if count == 0 || 3*(count-1) > len(r.data) {
		r.fail("the class file names %d constants, which it cannot hold", count)
		return nil
	}
	p := make(pool, count)
	for i := 1; i < count && r.err == nil; i++ {
		tag := r.u1()
		size, fixed := sizes[tag]
		switch {
		case tag == tagUtf8:
			size = r.u2()
		case !fixed && r.err == nil:
			r.fail("constant %d has the unknown tag %d", i, tag)
			return nil
		}
		p[i] = constant{tag: tag, data: r.bytes(size)}
		if tag == tagLong || tag == tagDouble {
			i++ // they take two places (4.4.5)
		}
	}
	if r.err != nil {
		return nil
	}
	return p
}

func (p pool) at(r *reader, i, tag int) *constant {
	if i <= 0 || i >= len(p) || p[i].tag != tag {
		r.fail("constant %d is not of the kind that its use needs", i)
		return nil
	}
	return &p[i]
}

func (p pool) form(r *reader, i, form int) string {
	c := p.at(r, i, tagUtf8)
	if c == nil || len(c.data) == 0 {
		return ""
	}
	if c.forms[form] == "" {
		text := decode(c.data)
		switch form {
		case dotted:
			text = dots(text)
		case typed:
			text = TypeName(text)
		}
		c.forms[form] = text
	}
	return c.forms[form]
}

// text gives a Utf8 constant.
func (p pool) text(r *reader, i int) string { return p.form(r, i, plain) }

// is tells whether a constant is this text.
func (p pool) is(i int, text string) bool {
	return i > 0 && i < len(p) && p[i].tag == tagUtf8 && string(p[i].data) == text
}

// class gives the name of a Class constant, with dots.
func (p pool) class(r *reader, i int) string {
	c := p.at(r, i, tagClass)
	if c == nil {
		return ""
	}
	return p.form(r, int(c.data[0])<<8|int(c.data[1]), dotted)
}

func (p pool) integer(r *reader, i int) int32 {
	c := p.at(r, i, tagInteger)
	if c == nil {
		return 0
	}
	b := c.data
	return int32(uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3]))
}

// decode turns modified UTF-8 (4.4.7) into a Go string: NUL is two bytes there,
// and what lies beyond the basic plane two surrogates of three bytes each. What
// is no character becomes U+FFFD.
func decode(b []byte) string {
	ascii := true
	for _, c := range b {
		if c >= 0x80 || c == 0 {
			ascii = false
			break
		}
	}
	if ascii {
		return string(b)
	}
	out := make([]byte, 0, len(b)+8)
	for len(b) > 0 {
		r, n := unit(b)
		b = b[n:]
		if r >= 0xD800 && r < 0xDC00 {
			if low, m := unit(b); low >= 0xDC00 && low < 0xE000 {
				r, b = 0x10000+(r-0xD800)<<10+(low-0xDC00), b[m:]
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return string(out)
}

// unit reads one UTF-16 unit of modified UTF-8.
func unit(b []byte) (r rune, n int) {
	more := func(i int) bool { return i < len(b) && b[i]&0xC0 == 0x80 }
	switch {
	case len(b) == 0:
		return utf8.RuneError, 0
	case b[0] != 0 && b[0] < 0x80:
		return rune(b[0]), 1
	case b[0]&0xE0 == 0xC0 && more(1):
		return rune(b[0]&0x1F)<<6 | rune(b[1]&0x3F), 2
	case b[0]&0xF0 == 0xE0 && more(1) && more(2):
		return rune(b[0]&0x0F)<<12 | rune(b[1]&0x3F)<<6 | rune(b[2]&0x3F), 3
	}
	return utf8.RuneError, 1
}

// dots gives the name of a class as Java source and Pulsar write it: a.b.C$D.
func dots(internal string) string {
	b := []byte(internal)
	for i, c := range b {
		if c == '/' {
			b[i] = '.'
		}
	}
	return string(b)
}
