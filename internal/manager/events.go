package manager

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/planner/record"
)

// batch is how many events are taken from memory at once.
const batch = 500

// eventID names a write: MESH@REVISION.
func eventID(h record.Head) string { return h.Mesh + "@" + strconv.FormatInt(h.Revision, 10) }

// parseEventID reads what eventID gave.
func parseEventID(text string) (mesh string, revision int64, err error) {
	at := strings.LastIndexByte(text, '@')
	if at > 0 {
		revision, err = strconv.ParseInt(text[at+1:], 10, 64)
	}
	if at <= 0 || err != nil || revision < 0 || strings.Count(text[:at], "/") != 2 {
		return "", 0, usage("Last-Event-ID is none that this manager gave: they are MESH@REVISION")
	}
	return text[:at], revision, nil
}

// lastEvent is the event that a reader has got to; "" for one that begins now.
func lastEvent(r *http.Request) (string, error) {
	for key := range r.URL.Query() {
		if key != "lastEventId" {
			return "", usage("there is no parameter %q", key)
		}
	}
	if id := r.Header.Get("Last-Event-ID"); id != "" {
		return id, nil
	}
	return r.URL.Query().Get("lastEventId"), nil
}

// events tells what happens to a mesh or to those of a namespace. A reader that
// comes again with the id of the last event that it got is told all that was written
// since: from memory, and what is older from the history of the records. What it may
// get twice has the same id.
func (m *Manager) events(w http.ResponseWriter, r *http.Request, c Caller) error {
	last, err := lastEvent(r)
	if err != nil {
		return err
	}
	tenant, namespace := r.PathValue("tenant"), r.PathValue("namespace")
	f := &feed{m: m, prefix: tenant + "/" + namespace + "/"}
	if r.PathValue("mesh") != "" {
		id, err := meshOf(r)
		if err != nil {
			return err
		}
		f.only = id.String()
	}
	drift := m.drifts.end()
	if err := f.startAt(r.Context(), last); err != nil {
		return err
	}
	s, err := m.openStream(w)
	if err != nil {
		return nil
	}
	may := func() error { return c.May(r.Context(), tenant, namespace) }
	_ = f.tell(r.Context(), s, drift, may)
	return nil
}

// feed is one reader's place among the events.
type feed struct {
	m *Manager
	// prefix and only say whose events are told.
	prefix, only string
	at           int64
	// behind are events out of history, told first; sent are the revisions that were
	// told there, so that what memory has as well is not told again.
	behind []record.Head
	sent   map[string]int64
	// last is the event that the reader has got to, "" for none.
	last string
}

func (f *feed) wants(mesh string) bool {
	if f.only != "" {
		return mesh == f.only
	}
	return strings.HasPrefix(mesh, f.prefix)
}

// startAt finds the place after an event.
func (f *feed) startAt(ctx context.Context, last string) error {
	f.at, f.last = f.m.index.end(), last
	if last == "" {
		return nil
	}
	mesh, revision, err := parseEventID(last)
	if err != nil {
		return err
	}
	if !f.wants(mesh) {
		return usage("Last-Event-ID is of mesh %q, which this stream does not tell of", mesh)
	}
	if at, ok := f.m.index.place(mesh, revision); ok {
		f.at = at
		return nil
	}
	return f.catchUp(ctx, mesh, revision)
}

// catchUp takes what came after an event out of history.
func (f *feed) catchUp(ctx context.Context, mesh string, revision int64) (err error) {
	f.behind, err = f.m.missed(ctx, f, mesh, revision)
	f.sent = map[string]int64{}
	for _, h := range f.behind {
		f.sent[h.Mesh] = max(f.sent[h.Mesh], h.Revision)
	}
	return err
}

// tell writes events until the reader is gone, may not see them any more, or the
// manager ends.
func (f *feed) tell(ctx context.Context, s *stream, drift int64, may func() error) error {
	beat := time.NewTicker(s.beat)
	defer beat.Stop()
	for {
		for _, h := range f.behind {
			if err := f.send(s, h); err != nil {
				return err
			}
		}
		f.behind = nil
		heads, next, gap, news := f.m.index.since(f.at, batch)
		if gap {
			// Slower than memory lasts: history helps on.
			if err := f.startAt(ctx, f.last); err != nil || f.last == "" {
				return err
			}
			continue
		}
		for _, h := range heads {
			if !f.wants(h.Mesh) || h.Revision <= f.sent[h.Mesh] {
				continue
			}
			if err := f.send(s, h); err != nil {
				return err
			}
		}
		f.at = next
		found, at, drifted := f.m.drifts.since(drift, batch)
		for _, d := range found {
			if !f.wants(d.Mesh) {
				continue
			}
			if err := s.event("", api.EventDrift, d); err != nil {
				return err
			}
		}
		drift = at
		if len(heads) == batch || len(found) == batch {
			continue
		}
		select {
		case <-news:
		case <-drifted:
		case <-beat.C:
			if err := may(); err != nil {
				return err
			}
			if err := s.comment("alive"); err != nil {
				return err
			}
		case <-f.m.stop:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// send tells a write.
func (f *feed) send(s *stream, h record.Head) error {
	f.last = eventID(h)
	return s.event(f.last, api.EventMesh, api.NewMesh(h))
}
