package manager

import (
	"encoding/json"
	"net/http"
	"reflect"
	"regexp"
	"strconv"

	"github.com/meshc/meshc/internal/manager/api"
)

type object = map[string]any

// parameterTable are the parameters of queries: type and meaning.
var parameterTable = map[string][2]string{
	"tenant":       {"string", "Only meshes of this tenant"},
	"namespace":    {"string", "Only meshes of this namespace of the tenant"},
	"all":          {"boolean", "Also meshes that were taken down"},
	"nodes":        {"boolean", "Also the nodes of each mesh"},
	"limit":        {"integer", "The most items of a page, from 1 to 100"},
	"cursor":       {"string", "Where the page begins: next of the page before"},
	"before":       {"integer", "Only revisions below this one"},
	"allow":        {"string", "Risks that are allowed, with commas between them"},
	"only":         {"string", "Narrows the plan to a node, or an address such as function/split; repeatable"},
	"wait":         {"string", "Answer when the run has ended, or after this time, such as 30s"},
	"waitLimit":    {"string", "How long any one step may wait, such as 90s"},
	"onFailure":    {"string", "stop, or rollback: bring back what the run has changed"},
	"parallelism":  {"integer", "Writes in flight at most; 0 is what the cluster takes"},
	"base":         {"string", "The base of the plan that was agreed to: refused when the cluster has changed since"},
	"reason":       {"string", "Why, for the record"},
	"commit":       {"string", "The commit of the mesh file, for the record"},
	"run":          {"string", "The URL of the CI run, for the record"},
	"deleteTopics": {"boolean", "Also delete the topics that the mesh made, with their messages"},
	"destroy":      {"boolean", "Plan to take the mesh down"},
	"version":      {"integer", "The version to go to"},
	"force":        {"boolean", "Also another's lock"},
	"lastEventId":  {"string", "As the header Last-Event-ID"},
}

// schemaTypes are the types that answers and requests are described by.
var schemaTypes = map[string]reflect.Type{
	"Page": reflect.TypeFor[api.Page](), "Mesh": reflect.TypeFor[api.Mesh](), "Operation": reflect.TypeFor[api.Operation](), "Planned": reflect.TypeFor[api.Planned](),
	"Status": reflect.TypeFor[api.Status](), "Version": reflect.TypeFor[api.Version](), "LeaderInfo": reflect.TypeFor[api.LeaderInfo](), "Health": reflect.TypeFor[alive](),
	"Result": reflect.TypeFor[api.Result](), "Problem": reflect.TypeFor[api.Problem](), "Values": reflect.TypeFor[api.Values](), "Hold": reflect.TypeFor[api.Hold](), "StepEvent": reflect.TypeFor[api.StepEvent](), "DriftEvent": reflect.TypeFor[api.DriftEvent](),
}

// Describe gives the OpenAPI 3.1 description of the REST surface, as docs/openapi.json has it.
func Describe() []byte {
	paths := object{}
	for _, rt := range routeTable() {
		item, ok := paths[rt.path].(object)
		if !ok {
			item = object{}
			paths[rt.path] = item
		}
		item[map[string]string{"GET": "get", "POST": "post", "PUT": "put", "DELETE": "delete"}[rt.method]] = rt.describe()
	}
	schemas := object{}
	for name, t := range schemaTypes {
		schemas[name] = schemaOf(t, true)
	}
	doc := object{
		"openapi": "3.1.0",
		"info": object{"title": "FunctionMeshManager", "version": "1",
			"description": "Registers, plans, deploys, lists and takes down function meshes. Every request is carried out with the rights that its caller has at Pulsar."},
		"paths": paths,
		"components": object{"schemas": schemas, "securitySchemes": object{
			"token":       object{"type": "http", "scheme": "bearer", "description": "A token that Pulsar takes"},
			"certificate": object{"type": "mutualTLS", "description": "A client certificate that the manager has a role for"},
		}},
	}
	// A tree of maps and texts always encodes.
	data, _ := json.MarshalIndent(doc, "", "  ")
	return append(data, '\n')
}

var pathParameter = regexp.MustCompile(`\{(\w+)\}`)

func (rt route) describe() object {
	parameters := []any{}
	for _, m := range pathParameter.FindAllStringSubmatch(rt.path, -1) {
		parameters = append(parameters, object{"name": m[1], "in": "path", "required": true, "schema": object{"type": "string"}})
	}
	for _, name := range rt.parameters {
		p := parameterTable[name]
		parameters = append(parameters, object{"name": name, "in": "query", "description": p[1], "schema": object{"type": p[0]}})
	}
	if rt.leads {
		parameters = append(parameters, object{"name": api.HeaderKey, "in": "header", "description": "Names the request: one that is sent again is carried out once", "schema": object{"type": "string"}})
	}
	op := object{"operationId": rt.name, "summary": rt.summary, "parameters": parameters}
	if body := bodyOf(rt.body); body != nil {
		op["requestBody"] = body
	}
	answers := object{}
	for status, name := range rt.answers {
		answers[strconv.Itoa(status)] = answerOf(status, name)
	}
	problems := rt.problems
	if rt.access != anyone {
		op["security"] = []any{object{"token": []any{}}, object{"certificate": []any{}}}
		problems = append([]string{api.KindUnauthorized, api.KindForbidden, api.KindBusy, api.KindFailed}, problems...)
	}
	if rt.leads {
		problems = append([]string{api.KindUnknown}, problems...)
	}
	for _, kind := range problems {
		k := kinds[kind]
		answers[strconv.Itoa(k.status)] = object{"description": http.StatusText(k.status), "content": object{api.ContentProblem: object{"schema": ref("Problem")}}}
	}
	if rt.leads {
		answers["307"] = object{"description": "The leader is elsewhere, and the caller's certificate cannot be passed on"}
	}
	op["responses"] = answers
	return op
}

func ref(name string) object { return object{"$ref": "#/components/schemas/" + name} }

func answerOf(status int, name string) object {
	kind, schema := "application/json", ref(name)
	switch name {
	case "stream":
		kind, schema = eventStream, object{"type": "string"}
	case "object":
		schema = object{"type": "object"}
	}
	return object{"description": http.StatusText(status), "content": object{kind: object{"schema": schema}}}
}

func bodyOf(name string) object {
	text := object{"type": "string"}
	switch name {
	case "":
		return nil
	case "mesh":
		list := object{"type": "array", "items": text}
		form := object{"type": "object", "properties": object{
			api.PartMesh: text, api.PartOverlay: list, api.PartSet: list, api.PartCode: list, api.PartValues: ref("Values"), api.PartPlan: object{"type": "object"},
		}}
		return object{"description": "A mesh file that needs no local code; or all that belongs to it, or a plan file with its code, as a form", "content": object{
			"application/yaml": object{"schema": text}, "application/json": object{"schema": object{"type": "object"}}, "multipart/form-data": object{"schema": form},
		}}
	case "hold":
		return object{"content": object{"application/json": object{"schema": ref("Hold")}}}
	}
	return object{"content": object{"application/json": object{"schema": ref("Values")}}}
}

func (m *Manager) describe(w http.ResponseWriter, _ *http.Request, _ Caller) error {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(m.description)
	return nil
}
