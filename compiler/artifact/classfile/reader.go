package classfile

import (
	"errors"
	"fmt"
)

// errTruncated is what a length that points behind the end comes to.
var errTruncated = errors.New("the class file ends too early, or a length in it is wrong")

// reader takes big-endian numbers off a slice and never goes beyond it. After
// the first failure every read gives zero and the failure stays, so that a
// caller may check once at the end of a loop.
type reader struct {
	data []byte
	err  error
	// left is how many annotations and values may still be kept; parts share it.
	left *int
}

// maxKept bounds the memory that a class may ask for; real ones keep tens.
const maxKept = 1 << 16

// keep counts one annotation or value.
func (r *reader) keep() {
	if *r.left--; *r.left < 0 {
		r.fail("it has more than %d annotations and values of them", maxKept)
	}
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
	r.data = nil
}

func (r *reader) bytes(n int) []byte {
	if n < 0 || n > len(r.data) {
		if r.err == nil {
			r.err = errTruncated
		}
		r.data = nil
		return nil
	}
	b := r.data[:n:n]
	r.data = r.data[n:]
	return b
}

func (r *reader) u1() int {
	if b := r.bytes(1); b != nil {
		return int(b[0])
	}
	return 0
}

func (r *reader) u2() int {
	if b := r.bytes(2); b != nil {
		return int(b[0])<<8 | int(b[1])
	}
	return 0
}

func (r *reader) u4() uint32 {
	if b := r.bytes(4); b != nil {
		return uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	}
	return 0
}

// part cuts off the next n bytes as a reader of its own: what an attribute says
// of its length then binds all that is read in it.
func (r *reader) part(n uint32) *reader {
	if uint64(n) > uint64(len(r.data)) {
		r.bytes(-1)
		return &reader{err: r.err, left: r.left}
	}
	return &reader{data: r.bytes(int(n)), err: r.err, left: r.left}
}
