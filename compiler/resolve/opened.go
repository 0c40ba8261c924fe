package resolve

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/meshc/meshc/compiler/artifact"
	"github.com/meshc/meshc/schema/fields"
)

// maxOpen is how many jars are open at a time. Functions of one jar tend to
// stand together, so that one forgotten is seldom asked for again.
const maxOpen = 32

// files remembers code files by path: ten thousand functions may share one.
type files struct {
	cache    *artifact.Cache
	problems map[string]string
	jars     map[string]*jar
	pythons  map[string]pythonCode
	binaries map[string]binary
}

type jar struct {
	archive    *artifact.Archive
	err        error
	classes    map[question]answer
	parts      map[partQuestion]partAnswer
	connectors map[connectorQuestion]connectorAnswer
	configs    map[string]configAnswer
	// functions are listed once, for the first function that is not there.
	listed    bool
	functions []string
}

type question struct {
	class    string
	windowed bool
}

type answer struct {
	facts artifact.FunctionFacts
	err   error
}

type partQuestion struct {
	class string
	role  artifact.Role
	of    string
}

type partAnswer struct {
	facts artifact.PartFacts
	err   error
}

type connectorQuestion struct {
	class string
	kind  fields.Kind
}

type connectorAnswer struct {
	facts artifact.ConnectorFacts
	err   error
}

type configAnswer struct {
	settings artifact.Settings
	found    artifact.Answer
	err      error
}

type pythonCode struct {
	code *artifact.PythonCode
	err  error
}

type binary struct {
	facts artifact.GoFacts
	err   error
}

// memo gives what a map holds for a key, made at the first call.
func memo[K comparable, V any](m *map[K]V, key K, make func() V) V {
	if v, ok := (*m)[key]; ok {
		return v
	}
	if *m == nil {
		*m = map[K]V{}
	}
	v := make()
	(*m)[key] = v
	return v
}

// problem says why a path leads to no file that can be read; "" if it does.
func (f *files) problem(path string) string {
	return memo(&f.problems, path, func() string {
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return fmt.Sprintf("There is no file `%s`.", path)
		case err != nil:
			return fmt.Sprintf("The file `%s` cannot be read.", path)
		case !info.Mode().IsRegular():
			return fmt.Sprintf("`%s` is not a regular file.", path)
		}
		h, err := os.Open(path)
		if err != nil {
			return fmt.Sprintf("The file `%s` cannot be read.", path)
		}
		_ = h.Close()
		return ""
	})
}

func (f *files) jar(path string) *jar {
	if f.jars[path] == nil && len(f.jars) >= maxOpen {
		f.close()
	}
	return memo(&f.jars, path, func() *jar {
		a, err := f.cache.Open(path)
		return &jar{archive: a, err: err}
	})
}

func (f *files) python(path string) pythonCode {
	if f.pythons[path].code == nil && len(f.pythons) >= maxOpen {
		f.close()
	}
	return memo(&f.pythons, path, func() pythonCode {
		code, err := artifact.OpenPython(path)
		return pythonCode{code, err}
	})
}

func (f *files) binary(path string) binary {
	return memo(&f.binaries, path, func() binary {
		facts, err := artifact.GoBinary(path)
		return binary{facts, err}
	})
}

// close lets go of the archives.
func (f *files) close() {
	for _, p := range f.pythons {
		if p.code != nil {
			_ = p.code.Close() // it was only read
		}
	}
	f.pythons = nil
	for _, j := range f.jars {
		if j.archive != nil {
			_ = j.archive.Close() // it was only read
		}
	}
	f.jars = nil
}

// function gives the facts of a class of the jar.
func (j *jar) function(class string, windowed bool) (artifact.FunctionFacts, error) {
	a := memo(&j.classes, question{class, windowed}, func() answer {
		facts, err := j.archive.Function(class, windowed)
		return answer{facts, err}
	})
	return a.facts, a.err
}

// part gives the facts of a class that a component names beside its own.
func (j *jar) part(class string, role artifact.Role, of artifact.Type) (artifact.PartFacts, error) {
	a := memo(&j.parts, partQuestion{class, role, of.String()}, func() partAnswer {
		facts, err := j.archive.Part(class, role, of)
		return partAnswer{facts, err}
	})
	return a.facts, a.err
}

// connector gives the facts of the class of a source or sink.
func (j *jar) connector(class string, kind fields.Kind) (artifact.ConnectorFacts, error) {
	a := memo(&j.connectors, connectorQuestion{class, kind}, func() connectorAnswer {
		ask := j.archive.Source
		if kind == fields.Sink {
			ask = j.archive.Sink
		}
		facts, err := ask(class)
		return connectorAnswer{facts, err}
	})
	return a.facts, a.err
}

// settings gives what a connector's config class takes.
func (j *jar) settings(class string) configAnswer {
	return memo(&j.configs, class, func() configAnswer {
		s, found, err := j.archive.Settings(class)
		return configAnswer{s, found, err}
	})
}

// list gives the classes of the jar that are functions.
func (j *jar) list() []string {
	if !j.listed {
		j.listed, j.functions = true, j.archive.Functions()
	}
	return j.functions
}
