package admin

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"mime/multipart"
	"net/textproto"
	"os"
	"time"
)

// ErrFileChanged is part of the error of an upload whose file no longer has the
// size or the hash it was announced with. The server has not got all of it then,
// and so has taken nothing.
var ErrFileChanged = errors.New("the file changed while it was sent")

// body is what a request carries: bytes, then perhaps a file, then bytes. It can
// be opened again and again, for redirects, and its length is known before.
type body struct {
	prefix []byte
	file   string
	size   int64
	sha256 string // lower-case hex; "" is not checked
	suffix []byte
	// progress is told how far the file is sent, nil for nobody.
	progress func(sent, total int64)
}

func (b *body) length() int64 { return int64(len(b.prefix)) + b.size + int64(len(b.suffix)) }

func (b *body) open() (io.ReadCloser, error) {
	if b.file == "" {
		return io.NopCloser(bytes.NewReader(b.prefix)), nil
	}
	f, err := os.Open(b.file)
	if err != nil {
		return nil, err
	}
	checked := &checkedFile{f: f, body: b, hash: sha256.New(), told: time.Now()}
	return struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(b.prefix), checked, bytes.NewReader(b.suffix)), f}, nil
}

// checkedFile reads exactly the announced size and compares the hash before it
// hands out the last bytes.
type checkedFile struct {
	f    *os.File
	body *body
	hash hash.Hash
	sent int64
	done bool
	// told is when its progress was told last.
	told time.Time
}

// Read implements io.Reader.
func (r *checkedFile) Read(p []byte) (int, error) {
	if r.done {
		return 0, io.EOF
	}
	if len(p) == 0 {
		return 0, nil
	}
	left := r.body.size - r.sent
	if int64(len(p)) > left {
		p = p[:left]
	}
	var n int
	var err error
	if left > 0 {
		n, err = io.ReadAtLeast(r.f, p, 1)
		if err == io.EOF {
			return 0, r.changed("it is shorter")
		}
		if err != nil {
			return 0, err
		}
	}
	r.hash.Write(p[:n])
	r.sent += int64(n)
	r.tell()
	if r.sent < r.body.size {
		return n, nil
	}
	r.done = true
	if more, _ := r.f.Read(make([]byte, 1)); more > 0 {
		return 0, r.changed("it is longer")
	}
	if sum := hex.EncodeToString(r.hash.Sum(nil)); r.body.sha256 != "" && sum != r.body.sha256 {
		return 0, r.changed("its SHA-256 is " + sum + ", expected " + r.body.sha256)
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (r *checkedFile) changed(how string) error { return &changedError{r.body.file, how} }

// changedError is ErrFileChanged with the details. It is a type so that it can be
// taken out of what net/http wraps around it.
type changedError struct{ file, how string }

// Error names the file, what changed and what to do.
func (e *changedError) Error() string {
	return fmt.Sprintf("%v: %s: %s; plan again with the new file", ErrFileChanged, e.file, e.how)
}

// Is makes it ErrFileChanged.
func (e *changedError) Is(target error) bool { return target == ErrFileChanged }

// form builds a multipart/form-data body.
type form struct {
	buf bytes.Buffer
	w   *multipart.Writer
	err error
}

func newForm() *form {
	f := &form{}
	f.w = multipart.NewWriter(&f.buf)
	return f
}

// part adds a part with its own content type. Pulsar ignores a config part
// without one ("Function config is not provided").
func (f *form) part(name, contentType string, content []byte) {
	w, err := f.w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {fmt.Sprintf(`form-data; name="%s"`, name)},
		"Content-Type":        {contentType},
	})
	if err == nil {
		_, err = w.Write(content)
	}
	f.err = errors.Join(f.err, err)
}

func (f *form) json(name string, v any) {
	text, err := json.Marshal(v)
	f.err = errors.Join(f.err, err)
	f.part(name, "application/json", text)
}

// finish closes the form; with a path, the file is its last part.
func (f *form) finish(part, path, fileName, sum string, size int64) (*body, string, error) {
	b := &body{}
	if path != "" {
		info, err := os.Stat(path)
		if err != nil {
			return nil, "", err
		}
		if !info.Mode().IsRegular() {
			return nil, "", &fs.PathError{Op: "upload", Path: path, Err: errors.New("not a regular file")}
		}
		b.file, b.size, b.sha256 = path, info.Size(), sum
		if size > 0 && size != b.size {
			return nil, "", &changedError{path, fmt.Sprintf("it has %d bytes, expected %d", b.size, size)}
		}
		_, err = f.w.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {multipart.FileContentDisposition(part, fileName)},
			"Content-Type":        {"application/octet-stream"},
		})
		f.err = errors.Join(f.err, err)
	}
	head := f.buf.Len()
	f.err = errors.Join(f.err, f.w.Close())
	if f.err != nil {
		return nil, "", fmt.Errorf("cannot build the request: %w", f.err)
	}
	if path == "" {
		head = f.buf.Len()
	}
	b.prefix, b.suffix = f.buf.Bytes()[:head], f.buf.Bytes()[head:]
	return b, f.w.FormDataContentType(), nil
}
