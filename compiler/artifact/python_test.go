package artifact

import (
	"strings"
	"testing"
)

func lookup(t *testing.T, src, name string) string {
	t.Helper()
	m, err := ParsePython([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	f := m.Lookup(name)
	out := string(f.Kind)
	if f.Kind == PythonClass {
		out += " process=" + f.Process.String()
	}
	if len(f.Required) > 0 {
		out += " needs " + strings.Join(f.Required, ",")
	}
	return out
}

func TestPython(t *testing.T) {
	const fn = "from pulsar import Function\n"
	for _, c := range []struct{ name, src, want string }{
		{"plain", fn + "class X(Function):\n  def process(self, i, c):\n    return i\n", "class process=yes"},
		{"absent", fn + "class Y(Function):\n  pass\n", "none"},
		{"BOM, CRLF, tabs", "\ufeff" + strings.ReplaceAll(fn+"class X(Function):\n\tdef process(self, i, c):\n\t\treturn i\n", "\n", "\r\n"), "class process=yes"},
		{"old Mac line ends", strings.ReplaceAll(fn+"class X(Function):\n def process(self, i, c):\n  return i\n", "\n", "\r"), "class process=yes"},
		{"in a docstring", "\"\"\"\nclass X:\n  pass\n\"\"\"\nx = '''\nclass X: pass\n'''\n", "none"},
		{"in a string with escapes", "a = 'it\\'s \\\\'\nb = r\"\\\"\nclass X:\n def process(self): pass\n", "class process=yes"},
		{"in a comment", "# class X:\ny = 1 # X = 2\n", "none"},
		{"continued", "class \\\n  X ( \n   object, # X\n ) :\n  def \\\n process(self, a, b): pass\n", "class process=yes"},
		{"decorated", "@deco(\n 1)\nclass X:\n  pass\n", "class process=unknown"},
		{"metaclass", "class X(metaclass=M):\n  pass\n", "class process=unknown"},
		{"inherited", "class A:\n def process(self, a, b): pass\nclass B(A): pass\nclass X(B):\n  y = 1\n", "class process=yes"},
		{"from Function alone", fn + "class X(Function):\n  def proces(self, i, c): pass\n", "class process=no"},
		{"Function by its module", "import pulsar as p\nclass X(p.Function): pass\n", "class process=no"},
		{"base from elsewhere", "from base import Function\nclass X(Function): pass\n", "class process=unknown"},
		{"bases in a circle", "class A(X): pass\nclass X(A): pass\n", "class process=unknown"},
		{"process assigned", "class X:\n  process = other\n", "class process=yes"},
		{"process assigned from outside", "class X:\n  pass\nX.process = f\n", "class process=unknown"},
		{"process in an if in a class", "class X:\n  if True:\n    def process(self): pass\n", "class process=yes"},
		{"process of an inner class", "class X:\n  class Y:\n    def process(self): pass\n", "class process=no"},
		{"one line", "class X: process = 1\n", "class process=yes"},
		{"in if and try", "try:\n  if a:\n    class X:\n      def process(self): pass\nexcept E as e:\n  pass\n", "class process=yes"},
		{"in a function", "def f():\n  class X:\n    def process(self): pass\n  return X\n", "none"},
		{"in a class", "class Y:\n  class X:\n    pass\n", "none"},
		{"global in a function", "def f():\n  global X\n  X = 1\n", "value"},
		{"function", "def X(a, b=1, *c, d: int = 2, **e) -> int:\n  pass\n", "function needs a"},
		{"async", "async def X(): pass\n", "function"},
		{"keyword only", "def X(*, a): pass\n", "function needs a"},
		{"init", "class X:\n  def __init__(self, a): pass\n  def process(self): pass\n", "class process=yes needs a"},
		{"imported", "from a.b import (\n  Y,\n  Z as X,\n)\n", "value"},
		{"imported module", "import X.y, z\n", "value"},
		{"assigned", "a = X = f(b=1)\n", "value"},
		{"assigned with a type", "X: T = 1\n", "value"},
		{"compared only", "X == 1\nX <= 1\nf(X=1)\nd[X] = 1\nX += 1\n", "none"},
		{"assigned a comparison", "X = a == b\n", "value"},
		{"tuple", "(a, *X), [b] = 1, 2\n", "value"},
		{"for", "for a, X in b: pass\n", "value"},
		{"with", "with a as b, c as X: pass\n", "value"},
		{"after a semicolon", "import a; X = 1\n", "value"},
		{"star", "from a import *\n", "unknown"},
		{"globals", "globals()['X'] = 1\n", "unknown"},
		{"module getattr", "def __getattr__(n): return 1\n", "unknown"},
		{"twice", "if a:\n  class X: pass\nelse:\n  X = None\n", "value"},
		{"wrapped function", "@f\ndef X(a): pass\n", "unknown"},
		{"string not closed", "a = '''\nclass X: pass\n", "unknown"},
		{"bracket not closed", "a = (\nclass X: pass\n", "unknown"},
		{"generics", "class X[T](Base[T], object): pass\n", "class process=unknown"},
		{"match is a name", "match = 1\nX = match\n", "value"},
		{"empty", "", "none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := lookup(t, c.src, "X"); got != c.want {
				t.Errorf("%q, want %q\n%s", got, c.want, c.src)
			}
		})
	}
}

func TestPythonRefused(t *testing.T) {
	for src, want := range map[string]string{
		"a\x00b":                                 "it is not text",
		strings.Repeat("# x\n", maxText/4) + "#": "it has 4194305 bytes, more than the 4194304 that are read",
	} {
		if _, err := ParsePython([]byte(src)); err == nil || err.Error() != want {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
