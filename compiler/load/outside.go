package load

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"unicode/utf8"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
)

// maxSecretFile is the size up to which a file of ${file:path} is read. Function
// workers keep the whole configuration of a function in one message.
const maxSecretFile = 256 << 10

// content is what a file of ${file:path} holds, or why it cannot be used.
type content struct {
	text    string
	absent  bool
	problem string
}

// env gives the value of an environment variable: text, and sensitive.
func (e *expander) env(ref reference, at *syntax.Node) *syntax.Node {
	value, ok := "", false
	if e.opts.Env != nil {
		value, ok = e.opts.Env(ref.name)
	}
	if ok && value != "" {
		if !utf8.ValidString(value) {
			if e.again(ref, at) {
				return holeAt(at)
			}
			e.list.Add(diag.NoValue, at.Span, fmt.Sprintf("The environment variable `%s` holds no UTF-8 text.", ref.name), "Encode it, such as by base64.")
			return holeAt(at)
		}
		return &syntax.Node{Kind: syntax.Scalar, Value: value, Span: at.Span, Flow: true, From: ref.String(), Sensitive: true}
	}
	if e.opts.NeedValues && !e.again(ref, at) {
		e.list.Add(diag.NoValue, at.Span, fmt.Sprintf("The environment variable `%s` is not set, or empty.", ref.name), "Set it where meshc runs.")
	}
	return unknown(ref, at)
}

// file gives the text of a file without its last line break: sensitive as well.
func (e *expander) file(ref reference, at *syntax.Node) *syntax.Node {
	if !filepath.IsAbs(ref.name) {
		ref.name = filepath.ToSlash(filepath.Join(Dir(at.Span.File), filepath.FromSlash(ref.name)))
	}
	c, ok := e.files[ref.name]
	if !ok {
		c = e.read(ref.name)
		if e.files == nil {
			e.files = map[string]content{}
		}
		e.files[ref.name] = c
	}
	switch {
	case c.absent && !e.opts.NeedValues:
		return unknown(ref, at)
	case c.problem != "" && e.again(ref, at):
		return unknown(ref, at)
	case c.problem != "":
		e.list.Add(diag.NoValue, at.Span, c.problem, "Mend the path, or the file; paths are relative to the file that names them.")
		return unknown(ref, at)
	}
	return &syntax.Node{Kind: syntax.Scalar, Value: c.text, Span: at.Span, Flow: true, From: ref.String(), Sensitive: true}
}

func unknown(ref reference, at *syntax.Node) *syntax.Node {
	return &syntax.Node{Span: at.Span, From: ref.String(), Unknown: true}
}

func (e *expander) read(path string) content {
	if e.opts.ReadFile == nil {
		return content{absent: true, problem: fmt.Sprintf("The file `%s` is not read here.", path)}
	}
	data, err := e.opts.ReadFile(filepath.FromSlash(path))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return content{absent: true, problem: fmt.Sprintf("There is no file `%s`.", path)}
	case errors.Is(err, fs.ErrPermission):
		return content{problem: fmt.Sprintf("The file `%s` may not be read: permission denied.", path)}
	case errors.Is(err, ErrNotAFile):
		return content{problem: fmt.Sprintf("`%s` is not a regular file.", path)}
	case errors.Is(err, ErrTooLarge) || len(data) > maxSecretFile:
		return content{problem: fmt.Sprintf("The file `%s` is larger than %d KiB.", path, maxSecretFile>>10)}
	case err != nil:
		return content{problem: fmt.Sprintf("The file `%s` cannot be read.", path)}
	case !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0:
		return content{problem: fmt.Sprintf("The file `%s` is not UTF-8 text.", path)}
	}
	if e.spent += len(data); e.spent > maxExpanded {
		return content{problem: fmt.Sprintf("With `%s` the files that the mesh names are more than %d MiB.", path, maxExpanded>>20)}
	}
	data = bytes.TrimSuffix(bytes.TrimSuffix(data, []byte("\n")), []byte("\r"))
	return content{text: string(data)}
}

// The errors of [ReadFile] beside those of the file system.
var (
	ErrNotAFile = errors.New("not a regular file")
	ErrTooLarge = errors.New("too large")
)

// ReadFile reads a file of ${file:path} from disk. Only regular files are read,
// and only up to a size: a pipe or a device would never end.
func ReadFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, ErrNotAFile
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSecretFile+1))
	if err == nil && len(data) > maxSecretFile {
		return nil, ErrTooLarge
	}
	return data, err
}
