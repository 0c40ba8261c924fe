package admin

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/meshc/meshc/backends/native/conn"
)

// Class is what a failed request means for the caller. The set is closed.
type Class string

const (
	// OK is the class of a nil error.
	OK Class = "ok"
	// NotFound: the thing, its tenant or its namespace is not there.
	NotFound Class = "not-found"
	// Exists: the name is taken, maybe by a component of another kind.
	Exists Class = "exists"
	// Unauthorized: no credentials, wrong ones, or a right is missing. Permanent.
	Unauthorized Class = "unauthorized"
	// Starting: the server is not ready yet and did nothing. Wait and repeat.
	Starting Class = "starting"
	// Overloaded: the server had no thread left or took too long. Do less at a
	// time; the outcome of a write is not known: read, then repeat.
	Overloaded Class = "overloaded"
	// OutOfDate: someone else wrote at the same time, and we lost. Read, plan again.
	OutOfDate Class = "out-of-date"
	// NoChange: the server saw nothing to do. It errs in both directions: read and compare.
	NoChange Class = "no-change"
	// Busy: clients are still attached. Wait for them to go, then repeat.
	Busy Class = "busy"
	// Refused: the request itself will not do, and was not carried out. Permanent.
	Refused Class = "refused"
	// Unreachable: no connection could be made, so nothing was sent.
	Unreachable Class = "unreachable"
	// Unknown: whether a write was carried out cannot be told. Read, then decide.
	Unknown Class = "unknown"
)

// row is a line of the error table. A status of 0 is any, an empty text too;
// method is for answers that mean something else on one verb.
type row struct {
	status int
	text   string
	method string
	class  Class
	advice string
}

// table is searched from the top. Its source is what workers and brokers of
// Pulsar 4.0.8 and 4.2.4 answer, seen or read in ComponentImpl,
// FunctionMetaDataManager, PersistentTopicsBase and PackagesBase.
var table = []row{
	// The worker replays its topics, or there is no leader to write through.
	{503, "not done initializing", "", Starting, ""},
	{503, "Leader not yet ready", "", Starting, ""},
	{503, packagesOff, "", Refused, "packages need enablePackagesManagement=true in broker.conf"},
	{503, "", "", Starting, ""},
	// Leadership went away between the worker's check and its write: nothing written.
	{500, "Not the leader", "", OutOfDate, ""},
	// The metadata write failed, and may have arrived all the same.
	{500, "Internal Error updating function at the leader", "", Unknown, ""},
	// Two creates by upload at a time, packages off.
	{500, "Someone just created log", "", Unknown, ""},
	// File storage has nothing to delete.
	{500, "Failed to delete file", http.MethodDelete, NotFound, ""},
	// A failed or deleted component of this name left its uploaded package behind (apache/pulsar#20930).
	{500, "metadata already exists", "", Refused, "an earlier upload left this package behind; delete it, or deploy by package URL"},
	// All HTTP threads of the broker wait for themselves; updates get 400 for it.
	{500, "TimeoutException", "", Overloaded, ""},
	{400, "TimeoutException", "", Overloaded, ""},
	{408, "", "", Overloaded, ""},
	{429, "", "", Overloaded, ""},
	{504, "", "", Overloaded, ""},
	// The optimistic lock of the worker: another version came first.
	{400, "because it is out of date", "", OutOfDate, ""},
	{400, "Update contains no change", "", NoChange, ""},
	// start of what runs, stop of what is stopped.
	{400, "Operation not permitted", "", NoChange, ""},
	// A wrong endpoint, not a clash.
	{409, "Function Worker is not enabled", "", Refused, "this broker runs no function worker; --worker-url says where its function workers are"},
	{409, "is a partitioned topic", "", Refused, ""},
	{409, "is not the partitioned topic", "", Refused, ""},
	{409, "non empty namespace", "", Busy, ""},
	{409, "", "", Exists, ""},
	{400, "already exists", "", Exists, ""},
	// PUT answers 400 where the name is free, 404 where another kind has it.
	{404, "doesn't exist", http.MethodPut, Exists, "the name belongs to a component of another kind"},
	{404, "", "", NotFound, ""},
	// The package version behind a url is missing.
	{400, "HTTP 404 Not Found", "", Refused, "the package that the component names is not in the package service; upload it again"},
	{400, "Tenant does not exist", "", NotFound, ""},
	{400, "Namespace does not exist", "", NotFound, ""},
	{400, "doesn't exist", http.MethodPut, NotFound, ""},
	{400, "Package management service is disabled", "", Refused, "workers need functionsWorkerEnablePackageManagement=true to deploy by package URL"},
	// No broker serves the bundle of the topic at this moment: it has just been made, or
	// is being moved or split (apache/pulsar#15433). Nothing was done.
	{412, "Failed to find ownership for topic", "", Starting, ""},
	// Delete of a topic or a subscription in use.
	{412, "active", "", Busy, ""},
	{412, "connected", "", Busy, ""},
	{412, "Failed to fence subscription", "", Busy, ""},
	{401, "", "", Unauthorized, ""},
	{403, "", "", Unauthorized, ""},
	{407, "", "", Unauthorized, "the HTTP proxy wants credentials"},
	{501, "", "", Refused, ""},
}

func rowFor(e *Error) *row {
	for i := range table {
		r := &table[i]
		if r.status == e.Status && (r.method == "" || r.method == e.Method) && strings.Contains(e.Reason, r.text) {
			return r
		}
	}
	return nil
}

// Classify says what err, from any call of this package, means. Errors that are
// not from here, and the end of the caller's context, are Unknown.
func Classify(err error) Class {
	if err == nil {
		return OK
	}
	var e *Error
	if !errors.As(err, &e) {
		return Unknown
	}
	if e.notJSON {
		// Whoever answered, it was not Pulsar; a write may have been done.
		return Unknown
	}
	if e.Status == 0 || e.Err != nil {
		return classifyTransport(e)
	}
	if r := rowFor(e); r != nil {
		return r.class
	}
	if e.Status >= 500 {
		return Unknown
	}
	return Refused
}

// classifyTransport sorts requests without a whole answer by how far they came.
func classifyTransport(e *Error) Class {
	err := e.Err
	var refused *conn.RefusedError
	var credentials *conn.CredentialError
	var certificate *conn.RefusedCertificateError
	var op *net.OpError
	var dns *net.DNSError
	var timeout net.Error
	var local *fs.PathError
	switch {
	case err == nil:
		return Refused // refused before it was sent
	case errors.Is(err, ErrEmptyDownload):
		return Unknown
	case errors.As(err, &refused), errors.Is(err, ErrFileChanged):
		return Refused
	case ended(err):
		return Unknown
	case errors.As(err, &op) && op.Op == "dial", errors.As(err, &dns), conn.IsTLS(err):
		return Unreachable // also the issuer of OAuth2 tokens
	case errors.As(err, &credentials), errors.As(err, &certificate):
		return Unauthorized
	case errors.As(err, &local):
		return Refused
	case errors.As(err, &timeout) && timeout.Timeout():
		return Overloaded
	case errors.Is(err, io.EOF), strings.Contains(err.Error(), "server closed idle connection"):
		// A blocked broker closes connections without a word.
		return Overloaded
	}
	return Unknown
}

// ended tells whether the caller's context ended. errors.Is will not do: time-outs
// of net and net/http claim to be context.DeadlineExceeded as well.
func ended(err error) bool {
	switch e := err.(type) {
	case interface{ Unwrap() []error }:
		return slices.ContainsFunc(e.Unwrap(), ended)
	case interface{ Unwrap() error }:
		return ended(e.Unwrap())
	}
	return err == context.Canceled || err == context.DeadlineExceeded
}
