package manager

import (
	"errors"
	"net/http"
	"strings"

	"github.com/meshc/meshc/internal/manager/api"
)

// access says what a route asks of its caller.
type access int

const (
	// anyone may ask: it tells nothing of meshes.
	anyone access = iota
	// callers may ask; the handler looks at what of.
	callers
	// deployers may ask: those who may deploy to the namespace in the path.
	deployers
)

// route is one operation of the REST surface; docs/openapi.json is made of these.
type route struct {
	method, path string
	// name is unique; summary and tells are for the description.
	name, summary string
	access        access
	// leads tells that only the leader carries it out.
	leads bool
	// parameters are names of the query; see parameters.
	parameters []string
	// body names what the request holds: "", "mesh", "values", "hold" or "form".
	body string
	// answers are the good ones, by status; problems are the kinds of the others.
	answers  map[int]string
	problems []string
	serve    func(m *Manager, w http.ResponseWriter, r *http.Request, c Caller) error
}

const (
	onePath = api.Meshes + "/{tenant}/{namespace}/{mesh}"
	opPath  = api.Operations + "/{operation}"
)

var (
	runOrders = []string{"allow", "wait", "waitLimit", "onFailure", "parallelism", "base", "reason", "commit", "run"}
	runEnds   = map[int]string{http.StatusOK: "Operation", http.StatusAccepted: "Operation"}
	runFails  = []string{api.KindUsage, api.KindFindings, api.KindRisks, api.KindStale, api.KindConflict, api.KindHeld, api.KindTooLarge, api.KindTooSlow, api.KindBusy, api.KindNoLeader, api.KindUnreachable}
)

// routeTable is the whole REST surface.
func routeTable() []route {
	return []route{
		{method: "GET", path: api.Meshes, name: "listMeshes", summary: "The meshes that the caller may see, a page at a time", access: callers,
			parameters: []string{"tenant", "namespace", "all", "nodes", "limit", "cursor"}, answers: map[int]string{200: "Page"}, problems: []string{api.KindUsage}, serve: (*Manager).list},
		{method: "GET", path: api.Meshes + "/{tenant}/{namespace}", name: "listNamespace", summary: "The meshes of a namespace, a page at a time", access: deployers,
			parameters: []string{"all", "nodes", "limit", "cursor"}, answers: map[int]string{200: "Page"}, problems: []string{api.KindUsage}, serve: (*Manager).list},
		{method: "POST", path: onePath, name: "registerMesh", summary: "Register a mesh that is not there: check it, deploy it, put it on record", access: deployers, leads: true,
			parameters: append([]string{"only"}, runOrders...), body: "mesh", answers: runEnds, problems: append([]string{api.KindExists}, runFails...), serve: (*Manager).register},
		{method: "PUT", path: onePath, name: "updateMesh", summary: "Bring a mesh to what its file says, or carry out a plan", access: deployers, leads: true,
			parameters: append([]string{"only"}, runOrders...), body: "mesh", answers: runEnds, problems: runFails, serve: (*Manager).update},
		{method: "DELETE", path: onePath, name: "deregisterMesh", summary: "Take a mesh down without losing messages", access: deployers, leads: true,
			parameters: append([]string{"deleteTopics"}, runOrders...), answers: runEnds, problems: runFails, serve: (*Manager).deregister},
		{method: "GET", path: onePath, name: "getMesh", summary: "The newest record of a mesh", access: deployers, answers: map[int]string{200: "Mesh"}, problems: []string{api.KindUsage, api.KindNotFound}, serve: (*Manager).get},
		{method: "POST", path: onePath + "/plan", name: "planMesh", summary: "What an update would do; nothing is written. Without a body: what going to a version, or a destroy, would do", access: deployers,
			parameters: []string{"allow", "only", "destroy", "deleteTopics", "version"}, body: "mesh", answers: map[int]string{200: "Planned"}, problems: append([]string{api.KindNotFound, api.KindGone}, runFails...), serve: (*Manager).planOnly},
		{method: "POST", path: onePath + "/rollback", name: "rollbackMesh", summary: "Deploy a version of the mesh's history again", access: deployers, leads: true,
			parameters: append([]string{"version"}, runOrders...), body: "values", answers: runEnds, problems: append([]string{api.KindNotFound, api.KindGone}, runFails...), serve: (*Manager).rollback},
		{method: "GET", path: onePath + "/status", name: "getStatus", summary: "How the nodes of a mesh are doing, and what differs from the record", access: deployers, answers: map[int]string{200: "Status"}, problems: []string{api.KindUsage, api.KindNotFound, api.KindUnreachable}, serve: (*Manager).status},
		{method: "GET", path: onePath + "/history", name: "getHistory", summary: "The versions of a mesh, the newest first", access: deployers, parameters: []string{"limit", "cursor", "before"}, answers: map[int]string{200: "Page"}, problems: []string{api.KindUsage, api.KindNotFound}, serve: (*Manager).history},
		{method: "GET", path: onePath + "/versions/{version}", name: "getVersion", summary: "A version with its mesh file, desired state and plan", access: deployers, answers: map[int]string{200: "Version"}, problems: []string{api.KindUsage, api.KindNotFound, api.KindGone}, serve: (*Manager).version},
		{method: "PUT", path: onePath + "/lock", name: "lockMesh", summary: "Keep everyone else away from a mesh", access: deployers, leads: true, body: "hold", answers: map[int]string{200: "Mesh"}, problems: []string{api.KindUsage, api.KindConflict, api.KindHeld, api.KindNoLeader}, serve: (*Manager).lockMesh},
		{method: "DELETE", path: onePath + "/lock", name: "unlockMesh", summary: "Let others in again; another's lock takes force", access: deployers, leads: true, parameters: []string{"force"}, answers: map[int]string{200: "Mesh"}, problems: []string{api.KindUsage, api.KindNotFound, api.KindConflict, api.KindHeld, api.KindNoLeader}, serve: (*Manager).unlockMesh},
		{method: "GET", path: onePath + "/events", name: "meshEvents", summary: "What happens to a mesh, as a stream that goes on after Last-Event-ID", access: deployers, parameters: []string{"lastEventId"}, answers: map[int]string{200: "stream"}, problems: []string{api.KindUsage}, serve: (*Manager).events},
		{method: "GET", path: api.Events + "/{tenant}/{namespace}", name: "namespaceEvents", summary: "What happens to the meshes of a namespace, as a stream that goes on after Last-Event-ID", access: deployers, parameters: []string{"lastEventId"}, answers: map[int]string{200: "stream"}, problems: []string{api.KindUsage}, serve: (*Manager).events},
		{method: "GET", path: opPath, name: "getOperation", summary: "How a run is doing, or has ended", access: callers, parameters: []string{"wait"}, answers: map[int]string{200: "Operation"}, problems: []string{api.KindUsage, api.KindNotFound}, serve: (*Manager).operation},
		{method: "GET", path: opPath + "/events", name: "operationEvents", summary: "The steps of a run as a stream, to its end", access: callers, parameters: []string{"lastEventId"}, answers: map[int]string{200: "stream"}, problems: []string{api.KindNotFound}, serve: (*Manager).operationEvents},
		{method: "GET", path: api.Leader, name: "getLeader", summary: "Which manager leads", access: callers, answers: map[int]string{200: "LeaderInfo"}, serve: (*Manager).leader},
		{method: "GET", path: api.OpenAPI, name: "getOpenAPI", summary: "This description", access: anyone, answers: map[int]string{200: "object"}, serve: (*Manager).describe},
		{method: "GET", path: api.Healthy, name: "isHealthy", summary: "The process is alive", access: anyone, answers: map[int]string{200: "Health"}, serve: (*Manager).healthy},
		{method: "GET", path: api.Ready, name: "isReady", summary: "The records are read, and a leader is known", access: anyone, answers: map[int]string{200: "Health", 503: "Health"}, serve: (*Manager).isReady},
	}
}

// routes serves the table.
func (m *Manager) routes() http.Handler {
	mux := http.NewServeMux()
	for _, rt := range routeTable() {
		mux.HandleFunc(rt.method+" "+rt.path, func(w http.ResponseWriter, r *http.Request) {
			if err := m.serve(rt, w, r); err != nil {
				m.refuse(w, r, err)
			}
		})
	}
	mux.Handle("GET "+api.Metrics, m.metrics.handler())
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		m.refuse(w, r, &notFound{"there is nothing at this path; " + api.OpenAPI + " tells what there is"})
	})
	return mux
}

// serve lets a caller in and answers, or passes the request on to the leader.
func (m *Manager) serve(rt route, w http.ResponseWriter, r *http.Request) error {
	if rt.access == anyone {
		return rt.serve(m, w, r, nil)
	}
	c, err := m.opts.Gate.Caller(r)
	if err != nil {
		return err
	}
	if rt.access == callers {
		if err := c.Known(r.Context()); err != nil {
			return err
		}
	}
	if rt.access == deployers {
		tenant, namespace := r.PathValue("tenant"), r.PathValue("namespace")
		if !validName(tenant) || !validName(namespace) {
			return usage("%q is no name of a namespace: letters, digits and -_.:= are taken", tenant+"/"+namespace)
		}
		if err := c.May(r.Context(), tenant, namespace); err != nil {
			return err
		}
	}
	if rt.answers[http.StatusOK] == "stream" {
		leave, err := m.streams.wait(r.Context(), 0, errStreams)
		if err != nil {
			return err
		}
		defer leave()
	}
	if rt.leads {
		if done, err := m.passOn(w, r); done || err != nil {
			return err
		}
	}
	if !m.index.ready() && (strings.HasPrefix(rt.path, api.Meshes) || strings.HasPrefix(rt.path, api.Events)) {
		return errStarting
	}
	return rt.serve(m, w, r, c)
}

// errStarting: lists would be empty, and streams begin nowhere.
var errStarting = errors.New("this manager has not read the records yet")

// bringsCode tells that a request may hold code files.
func bringsCode(r *http.Request) bool {
	return (r.Method == http.MethodPost || r.Method == http.MethodPut) && strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/")
}
