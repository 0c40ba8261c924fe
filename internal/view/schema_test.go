package view_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/planner/plan"
)

//go:generate env MESHC_UPDATE=1 go test -count=1 -run ^TestPlanSchema$ .

// planSchema is the JSON Schema of what `meshc plan -o json` shows.
const planSchema = "../../docs/plan.schema.json"

// TestPlanSchema holds the schema to the types that it is made of.
func TestPlanSchema(t *testing.T) {
	want := newSchemer(t).document()
	if os.Getenv("MESHC_UPDATE") != "" {
		if err := os.WriteFile(planSchema, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(planSchema)
	if err != nil || string(got) != string(want) {
		t.Errorf("docs/plan.schema.json is not what would be generated (make generate): %v", err)
	}
}

// packages are those whose types a plan is made of, by the name in the code.
var packages = map[string]string{
	"view": ".", "plan": "../../planner/plan", "diff": "../../planner/diff", "state": "../../planner/state", "diag": "../../compiler/diag",
}

// schemer makes a schema of types and their comments.
type schemer struct {
	t testing.TB
	// types are the declared ones, as package.Name.
	types map[string]*ast.TypeSpec
	// resources are the types of state that are resources.
	resources []string
	defs      map[string]any
}

func newSchemer(t testing.TB) *schemer {
	s := &schemer{t: t, types: map[string]*ast.TypeSpec{}, defs: map[string]any{}}
	for name, dir := range packages {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(dir, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			s.collect(name, parsed)
		}
	}
	slices.Sort(s.resources)
	return s
}

func (s *schemer) collect(pkg string, file *ast.File) {
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if typ, ok := spec.(*ast.TypeSpec); ok {
					s.types[pkg+"."+typ.Name.Name] = typ
				}
			}
		case *ast.FuncDecl:
			if d.Name.Name == "resource" && d.Recv != nil && pkg == "state" {
				s.resources = append(s.resources, "state."+d.Recv.List[0].Type.(*ast.StarExpr).X.(*ast.Ident).Name)
			}
		}
	}
}

func (s *schemer) document() []byte {
	doc := map[string]any{
		"allOf":   []any{s.ref("view.Plans")},
		"$schema": "http://json-schema.org/draft-07/schema#",
		"title":   "What meshc plan -o json shows (" + view.PlanFormat + ")",
		"description": "New keys come without a new number; the number of the format rises when a reader of the old form could misunderstand the new one. " +
			"A plan file (meshc plan --out) is an object with the format " + plan.Format + " and the list `plans` of what stands here under `plan`.",
		"definitions": s.defs,
	}
	out, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		s.t.Fatal(err)
	}
	return append(out, '\n')
}

// ref gives a reference to the definition of a type, and makes that.
func (s *schemer) ref(name string) map[string]any {
	switch name {
	case "time.Duration":
		return map[string]any{"type": "integer", "description": "nanoseconds"}
	case "state.Boxed":
		name = "state.Resource"
		if s.defs[name] == nil {
			var all []any
			for _, r := range s.resources {
				all = append(all, s.ref(r))
			}
			s.defs[name] = object(map[string]any{"kind": map[string]any{"type": "string"}, "resource": map[string]any{"anyOf": all}}, "kind", "resource")
		}
		return map[string]any{"anyOf": []any{map[string]any{"type": "null"}, map[string]any{"$ref": "#/definitions/" + name}}}
	case "diff.Change":
		name = "diff.changeJSON" // what its MarshalJSON writes
	}
	spec := s.types[name]
	if spec == nil {
		s.t.Fatalf("no type %s", name)
	}
	pkg, short, _ := strings.Cut(name, ".")
	structure, ok := spec.Type.(*ast.StructType)
	if !ok {
		return s.of(pkg, spec.Type)
	}
	key := pkg + "." + strings.ToUpper(short[:1]) + strings.TrimSuffix(short[1:], "JSON")
	if s.defs[key] == nil {
		s.defs[key] = map[string]any{} // types may hold themselves
		props, required := map[string]any{}, []string{}
		s.fields(pkg, structure, props, &required)
		s.defs[key] = object(props, required...)
	}
	return map[string]any{"$ref": "#/definitions/" + key}
}

func (s *schemer) fields(pkg string, structure *ast.StructType, props map[string]any, required *[]string) {
	for _, f := range structure.Fields.List {
		tag := ""
		if f.Tag != nil {
			text, err := strconv.Unquote(f.Tag.Value)
			if err != nil {
				s.t.Fatal(err)
			}
			tag = reflect.StructTag(text).Get("json")
		}
		if len(f.Names) == 0 && tag == "" {
			embedded := f.Type.(*ast.SelectorExpr)
			in := embedded.X.(*ast.Ident).Name
			s.fields(in, s.types[in+"."+embedded.Sel.Name].Type.(*ast.StructType), props, required)
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		if name == "" || name == "-" {
			continue
		}
		prop := s.of(pkg, f.Type)
		if text := strings.Join(strings.Fields(f.Doc.Text()), " "); text != "" && prop["$ref"] == nil {
			prop["description"] = text
		}
		props[name] = prop
		if !strings.Contains(options, "omit") {
			*required = append(*required, name)
		}
	}
}

// of gives the schema of a type as it is written in a package.
func (s *schemer) of(pkg string, e ast.Expr) map[string]any {
	switch e := e.(type) {
	case *ast.StarExpr:
		return s.of(pkg, e.X)
	case *ast.ArrayType:
		// Lists without entries may be null.
		return map[string]any{"type": []string{"array", "null"}, "items": s.of(pkg, e.Elt)}
	case *ast.MapType:
		return map[string]any{"type": []string{"object", "null"}, "additionalProperties": s.of(pkg, e.Value)}
	case *ast.SelectorExpr:
		return s.ref(fmt.Sprintf("%s.%s", e.X, e.Sel))
	case *ast.InterfaceType:
		return map[string]any{}
	case *ast.Ident:
		switch e.Name {
		case "string":
			return map[string]any{"type": "string"}
		case "bool":
			return map[string]any{"type": "boolean"}
		case "int", "int64":
			return map[string]any{"type": "integer"}
		case "float64":
			return map[string]any{"type": "number"}
		case "any":
			return map[string]any{}
		}
		return s.ref(pkg + "." + e.Name)
	}
	s.t.Fatalf("a type of %s that has no schema: %T", pkg, e)
	return nil
}

func object(props map[string]any, required ...string) map[string]any {
	slices.Sort(required)
	out := map[string]any{"type": "object", "properties": props}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}
