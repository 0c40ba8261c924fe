package kube

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// Event is something that Kubernetes tells of an object.
type Event struct {
	// Type is Normal or Warning.
	Type, Reason, Message string
	// Count is how often it was, Last when for the last time.
	Count int64
	Last  time.Time
}

// Events returns what is told of an object, the newest last. Servers keep an event
// for an hour.
func (c *Client) Events(ctx context.Context, o Object) ([]Event, error) {
	fields := "involvedObject.uid=" + o.UID()
	if o.UID() == "" {
		fields = "involvedObject.kind=" + o.Text("kind") + ",involvedObject.name=" + o.Name()
	}
	l, err := c.List(ctx, events, o.Namespace(), Selector{Fields: fields})
	if err != nil {
		return nil, err
	}
	out := make([]Event, 0, len(l.Items))
	for _, e := range l.Items {
		// Those of the newer API have no lastTimestamp, but a series or an eventTime.
		last := parseTime(cmp.Or(e.Text("lastTimestamp"), e.Text("series", "lastObservedTime"), e.Text("eventTime"), e.Text("metadata", "creationTimestamp")))
		count := max(1, e.Int("count"), e.Int("series", "count"))
		out = append(out, Event{clean(e.Text("type")), clean(e.Text("reason")), clean(e.Text("message")), count, last})
	}
	slices.SortStableFunc(out, func(a, b Event) int { return a.Last.Compare(b.Last) })
	return out, nil
}

// LogOptions say what of a pod's log is wanted.
type LogOptions struct {
	// Container is needed where the pod has several.
	Container string
	// Previous wants the log of the container that ended before this one.
	Previous bool
	// Lines is how many of the last lines are wanted, 0 all; Bytes the most that
	// is sent, 0 for no limit.
	Lines, Bytes int64
	// Since leaves out what is older; the zero time leaves out nothing.
	Since time.Time
	// Times puts the time in front of each line.
	Times bool
	// Follow goes on until the container ends or the context does.
	Follow bool
}

// Logs opens a pod's log; the caller closes it. A pod that has none yet, or no
// previous container, is a *Refused.
func (c *Client) Logs(ctx context.Context, namespace, pod string, o LogOptions) (io.ReadCloser, error) {
	q := url.Values{}
	set := func(key, value string, yes bool) {
		if yes {
			q.Set(key, value)
		}
	}
	set("container", o.Container, o.Container != "")
	set("previous", "true", o.Previous)
	set("follow", "true", o.Follow)
	set("timestamps", "true", o.Times)
	set("tailLines", strconv.FormatInt(o.Lines, 10), o.Lines > 0)
	set("limitBytes", strconv.FormatInt(o.Bytes, 10), o.Bytes > 0)
	set("sinceTime", o.Since.UTC().Format(time.RFC3339), !o.Since.IsZero())
	a, err := c.do(ctx, request{
		op: Op{Verb: "get", Ref: Ref{Pods, namespace, pod}, Sub: "log"}, method: http.MethodGet,
		path: pathOf(Pods, namespace, pod, "log"), query: q, repeat: always, stream: true})
	return a.body, err
}

// LogTail returns the last lines of a container's log; of the container before it,
// if this one has said nothing yet, as one that has just been started again.
func (c *Client) LogTail(ctx context.Context, namespace, pod, container string, lines int64) (string, error) {
	read := func(previous bool) (string, error) {
		body, err := c.Logs(ctx, namespace, pod, LogOptions{Container: container, Previous: previous, Lines: lines, Bytes: 1 << 20})
		if err != nil {
			return "", err
		}
		defer body.Close()
		text, err := io.ReadAll(body)
		return string(text), err
	}
	text, err := read(false)
	if text != "" || IsNotFound(err) || IsForbidden(err) {
		return text, err
	}
	if before, failed := read(true); failed == nil && before != "" {
		return before, nil
	}
	return text, err
}
