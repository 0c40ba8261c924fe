package faultproxy

import (
	"net/http"
	"time"
)

// Fault is what is done to a request.
type Fault struct {
	// Name is shown by tests.
	Name string
	// Do decides about the call; nil passes it on.
	Do func(*Call)
}

// Slow passes the request on after a while.
func Slow(d time.Duration) Fault {
	return Fault{"slow by " + d.String(), func(c *Call) {
		time.Sleep(d)
		c.Answer(c.Forward())
	}}
}

// Says answers with a status and Pulsar's reason, and the service hears of nothing.
func Says(status int, reason string) Fault {
	return Fault{reason, func(c *Call) {
		c.Answer(Answer{Status: status, Header: jsonHeader(), Body: reasonOf(reason)})
	}}
}

// DoesAndSays lets the service carry the request out and answers something else.
func DoesAndSays(status int, reason string) Fault {
	return Fault{"done, and " + reason, func(c *Call) {
		c.Forward()
		c.Answer(Answer{Status: status, Header: jsonHeader(), Body: reasonOf(reason)})
	}}
}

// CutBefore ends the connection; the service hears of nothing.
func CutBefore() Fault { return Fault{"cut before", (*Call).Cut} }

// CutAfter lets the service carry the request out; its answer is lost.
func CutAfter() Fault {
	return Fault{"cut after", func(c *Call) {
		c.Forward()
		c.Cut()
	}}
}

// Redirects sends the client to another address, as workers do (307).
func Redirects(to func(*Proxy) string) Fault {
	return Fault{"redirected", func(c *Call) {
		where := to(c.proxy) + c.Request.URL.RequestURI()
		c.Answer(Answer{Status: http.StatusTemporaryRedirect, Header: http.Header{"Location": {where}}})
	}}
}

// Garbage answers 200 and a page of something that is no Pulsar; with done the
// service has carried the request out before.
func Garbage(done bool) Fault {
	name := "garbage"
	if done {
		name = "done, and garbage"
	}
	return Fault{name, func(c *Call) {
		if done {
			c.Forward()
		}
		c.Answer(Answer{Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/html"}}, Body: []byte("<html><body>Please log in</body></html>")})
	}}
}

// Holds stops the request until release is closed, before the service hears of it
// or, with done, after it has carried it out; then the connection is cut. held is
// called when the request is stopped.
func Holds(done bool, held func(), release <-chan struct{}) Fault {
	name := "held"
	if done {
		name = "done, and held"
	}
	return Fault{name, func(c *Call) {
		if done {
			c.Forward()
		}
		held()
		<-release
		c.Cut()
	}}
}

func jsonHeader() http.Header { return http.Header{"Content-Type": {"application/json"}} }
