package faultproxy

import (
	"net/http"
	"strings"
	"time"
)

// remembered is an answer of before a write.
type remembered struct {
	answer Answer
	until  time.Time
}

// Lags passes a write on; for a while, reads of what it wrote are answered as they
// were before it. So does a worker whose tailer has not read the write that another
// worker made, and a broker whose cache of topics has not heard of it. With cut the
// answer to the write is lost as well.
func Lags(d time.Duration, cut bool) Fault {
	name := "lags by " + d.String()
	if cut {
		name = "cut after, and " + name
	}
	return Fault{name, func(c *Call) {
		before := map[string]Answer{}
		for _, path := range readsOf(c.Kind, c.Request.URL.Path) {
			r := c.Request.Clone(c.Request.Context())
			r.Method, r.URL.Path, r.URL.RawPath, r.URL.RawQuery, r.ContentLength = http.MethodGet, path, "", "", 0
			r.Header = http.Header{"Accept": {"application/json"}, "Authorization": r.Header["Authorization"]}
			before[path] = c.proxy.send(r, nil)
		}
		a := c.Forward()
		c.proxy.mu.Lock()
		for path, answer := range before {
			c.proxy.past[path] = remembered{answer, time.Now().Add(d)}
		}
		c.proxy.mu.Unlock()
		if cut {
			c.Cut()
		}
		c.Answer(a)
	}}
}

// readsOf are the paths that show what a write to a path changes.
func readsOf(kind Kind, path string) []string {
	switch kind {
	case Create, Update, Delete:
		return []string{path, path + "/status", path[:strings.LastIndexByte(path, '/')]}
	case CreateTopic:
		topic := strings.TrimSuffix(path, "/partitions")
		return []string{topic + "/partitions", topic + "/properties"}
	}
	return nil
}

// pastOf answers a read from what is remembered; the zero Fault passes it on.
// A write by a worker that lives in the past is refused by the leader, which has the
// newer version. p.mu is held.
func (p *Proxy) pastOf(r *http.Request) Fault {
	then, ok := p.past[r.URL.Path]
	if !ok {
		return Fault{}
	}
	if time.Now().After(then.until) {
		delete(p.past, r.URL.Path)
		return Fault{}
	}
	switch kind := KindOf(r.Method, r.URL.Path); {
	case r.Method == http.MethodGet:
		return Fault{"the past", func(c *Call) { c.Answer(then.answer) }}
	case kind == Create || kind == Update:
		return Says(http.StatusBadRequest, "Update request ignored because it is out of date. Please try again.")
	}
	return Fault{}
}
