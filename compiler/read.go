package compiler

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/meshc/meshc/compiler/diag"
)

// MaxFile is the size up to which a mesh file is read: 4 MiB.
const MaxFile = 4 << 20

// defaultFile is read when no argument is given.
const defaultFile = "mesh.yaml"

const notText = "Save it as UTF-8 text."

// Read reads the files that a command line names. An argument is a file, "-" for
// standard input (read once, however often it is given), or a folder; without
// arguments mesh.yaml in the working folder is read. A file that is named twice,
// by whatever path, is read once.
//
// A folder stands for the *.yaml and *.yml files directly in it that hold a
// mesh: those with a top-level key that only meshes have, such as `functions` or
// `jarFile`, or nearly so, so that a misspelt mesh is not passed over; other
// tools' files beside it are left alone.
//
// Files that are overlays are no meshes of their own: in folders they are passed
// over, and as arguments they are a mistake.
//
// What cannot be read is reported; the rest is returned.
func Read(args []string, stdin io.Reader, overlays ...string) ([]Input, diag.List) {
	r := reader{stdin: stdin}
	for _, name := range overlays {
		if info, err := os.Stat(name); err == nil {
			r.overlays = append(r.overlays, info)
		}
	}
	if len(args) == 0 {
		args = []string{defaultFile}
	}
	for _, arg := range args {
		r.argument(arg)
	}
	return r.inputs, r.list
}

// ReadOverlays reads overlay files. Each is read as often as it is named: what is
// laid over later wins.
func ReadOverlays(names []string) ([]Input, diag.List) {
	var r reader
	for _, name := range names {
		info, err := os.Stat(name)
		switch {
		case name == "-":
			r.fail(name, "An overlay cannot come from standard input.", "Name a file.")
		case err != nil:
			r.fail(name, because(err), "Mend the path of the overlay.")
		case info.IsDir():
			r.fail(name, "This is a folder, not an overlay.", "Name the overlay files one by one.")
		default:
			r.seen = nil
			r.file(name, info)
		}
	}
	return r.inputs, r.list
}

type reader struct {
	overlays  []fs.FileInfo
	stdin     io.Reader
	stdinRead bool
	inputs    []Input
	list      diag.List
	seen      []fs.FileInfo
}

func (r *reader) fail(name, detail, hint string) {
	r.list.Add(diag.UnreadableFile, diag.Span{File: name}, detail, hint)
}

func (r *reader) argument(name string) {
	if name == "-" {
		if !r.stdinRead {
			r.stdinRead = true
			r.take("-", r.stdin)
		}
		return
	}
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && name == defaultFile:
		r.fail(name, "There is no `mesh.yaml` in this folder.", "Name the mesh file, or `-` for standard input.")
	case err != nil:
		r.fail(name, because(err), "Mend the path; `-` is standard input.")
	case info.IsDir():
		r.folder(name)
	case isOneOf(info, r.overlays):
		r.fail(name, "The file is given as an overlay too.", "Name it once: with --overlay, if it is one.")
	default:
		r.file(name, info)
	}
}

func isOneOf(info fs.FileInfo, others []fs.FileInfo) bool {
	return slices.ContainsFunc(others, func(o fs.FileInfo) bool { return os.SameFile(o, info) })
}

// because says why a file cannot be opened, without repeating its path.
func because(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "There is no such file."
	case errors.Is(err, fs.ErrPermission):
		return "The file may not be read: permission denied."
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return fmt.Sprintf("The file cannot be read: %v.", err)
}

func (r *reader) file(name string, info fs.FileInfo) {
	if !info.Mode().IsRegular() {
		r.fail(name, "This is not a regular file.", "Name a file or a folder, or `-` for standard input.")
		return
	}
	if isOneOf(info, r.seen) {
		return
	}
	r.seen = append(r.seen, info)
	f, err := os.Open(name)
	if err != nil {
		r.fail(name, because(err), "Mend its permissions.")
		return
	}
	defer f.Close()
	r.take(name, f)
}

func (r *reader) take(name string, from io.Reader) {
	data, err := io.ReadAll(io.LimitReader(from, MaxFile+1))
	switch {
	case err != nil:
		r.fail(name, because(err), "Try again.")
	case len(data) > MaxFile:
		r.fail(name, fmt.Sprintf("The file is larger than %d MiB.", MaxFile>>20), "Split the mesh, or name another file.")
	default:
		plain, problem := text(data)
		if problem != "" {
			r.fail(name, problem, notText)
			return
		}
		r.inputs = append(r.inputs, Input{Name: name, Data: plain, Marked: len(plain) < len(data)})
	}
}

// text drops a byte order mark and says why data is not text, if it is not.
func text(data []byte) (_ []byte, problem string) {
	if bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff}) {
		return nil, "The file is UTF-16, not UTF-8 text."
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return nil, fmt.Sprintf("The file is not text: there is a NUL character in line %d.", 1+bytes.Count(data[:i], []byte("\n")))
	}
	if !utf8.Valid(data) {
		line := 1
		for rest := data; len(rest) > 0; {
			c, n := utf8.DecodeRune(rest)
			if c == utf8.RuneError && n == 1 {
				break
			}
			if c == '\n' {
				line++
			}
			rest = rest[n:]
		}
		return nil, fmt.Sprintf("The file is not UTF-8 text: line %d holds other bytes.", line)
	}
	return data, ""
}

func (r *reader) folder(name string) {
	entries, err := os.ReadDir(name)
	if err != nil {
		r.fail(name, because(err), "Mend its permissions.")
		return
	}
	found := false
	for _, e := range entries {
		ext := filepath.Ext(e.Name())
		if ext != ".yaml" && ext != ".yml" || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		path := filepath.Join(name, e.Name())
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() || isOneOf(info, r.overlays) || !holdsMesh(path) {
			continue
		}
		found = true
		r.file(path, info)
	}
	if !found {
		r.fail(name, "No *.yaml or *.yml file directly in this folder holds a mesh.",
			"Name the mesh file itself. A mesh has `name:`, and `functions:`, `sources:` or `sinks:`, without indentation.")
	}
}

// resource is the line that begins a resource of the Function Mesh operator.
var resource = regexp.MustCompile(`(?m)^["']?apiVersion["']?[ \t]*:[ \t]+["']?compute\.functionmesh\.io/`)

var topKey = regexp.MustCompile(`(?m)^["']?([A-Za-z][\w-]*)["']?[ \t]*:(?:\s|$)`)

// holdsMesh looks for a mesh by its top-level keys, or for a resource of the
// Function Mesh operator. It reads text and not YAML, so that broken files are found
// too. A config file of pulsar-admin has no keys of its own: it has to be named.
func holdsMesh(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return true // reading it will say why
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxFile))
	if err != nil {
		return true
	}
	if resource.Match(data) {
		return true
	}
	keys := map[string]bool{}
	for _, m := range topKey.FindAllSubmatch(data, -1) {
		keys[string(m[1])] = true
	}
	if keys["apiVersion"] && keys["kind"] {
		return false
	}
	for k := range keys {
		if _, near := diag.Nearest(k, []string{"functions", "functionInfos", "jarFile"}); near {
			return true
		}
	}
	return keys["name"] && (keys["topics"] || keys["tenant"] || keys["sources"] || keys["sinks"])
}
