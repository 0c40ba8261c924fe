package admin

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
)

func TestComponent(t *testing.T) {
	srv := pulsartest.Shared(t)
	ctx := t.Context()
	seen := &requests{}
	c := connect(t, srv.AdminURL, "", WithObserver(seen.observe))
	tenant, ns := split(pulsartest.Namespace(t, srv))
	in, out := "persistent://"+tenant+"/"+ns+"/in", "persistent://"+tenant+"/"+ns+"/out"
	archive := jar(t, srv)
	ok(t, c.CreateTopic(ctx, in, 0, nil))
	ok(t, c.CreateTopic(ctx, out, 0, nil))
	// A component tells that it runs before it has subscribed: messages would be missed.
	ok(t, c.CreateSubscription(ctx, in, "meshc", Earliest, nil))

	// Nothing is there yet.
	_, err := c.Get(ctx, Functions, tenant, ns, "f")
	wants(t, "get", err, NotFound, "get /admin/v3/functions/"+tenant+"/"+ns+"/f", "Function f doesn't exist")
	if !errors.Is(err, ErrNotFound) {
		t.Errorf("%v is not ErrNotFound", err)
	}
	wants(t, "update", c.Update(ctx, Functions, tenant, ns, "f", exclamation(in, out), Package{}, nil), NotFound)
	wants(t, "delete", c.Delete(ctx, Functions, tenant, ns, "f"), NotFound)
	_, err = c.Status(ctx, Functions, tenant, ns, "f")
	wants(t, "status", err, NotFound)
	if names := must[[]string](t)(c.List(ctx, Functions, tenant, ns)); len(names) != 0 {
		t.Errorf("list: %q", names)
	}

	// Refusals of a create.
	bad := exclamation(in, out)
	delete(bad, "className")
	wants(t, "no class", c.Create(ctx, Functions, tenant, ns, "f", bad, archive), Refused)
	wants(t, "bad json", c.Create(ctx, Functions, tenant, ns, "f", json.RawMessage(`{"inputs":7}`), archive), Refused)
	wants(t, "no tenant", c.Create(ctx, Functions, "nobody", ns, "f", exclamation(in, out), archive), NotFound, "Tenant")
	wants(t, "no namespace", c.Create(ctx, Functions, tenant, "nothing", "f", exclamation(in, out), archive), NotFound, "Namespace")
	wants(t, "no package", c.Create(ctx, Functions, tenant, ns, "f", exclamation(in, out), Package{URL: "function://" + tenant + "/" + ns + "/no@1"}), Refused, "upload it again")
	wants(t, "no kind", c.Create(ctx, "gadgets", tenant, ns, "f", bad, archive), Refused, "kinds are")

	ok(t, c.Create(ctx, Functions, tenant, ns, "f", exclamation(in, out), archive))
	err = c.Create(ctx, Functions, tenant, ns, "f", exclamation(in, out), archive)
	wants(t, "create again", err, Exists, "already exists")
	if !errors.Is(err, ErrExists) {
		t.Errorf("%v is not ErrExists", err)
	}
	wants(t, "no change", c.Update(ctx, Functions, tenant, ns, "f", exclamation(in, out), Package{}, nil), NoChange)
	wants(t, "other kind", c.Update(ctx, Sinks, tenant, ns, "f", map[string]any{"inputs": []string{in}}, Package{}, nil), Exists, "another kind")
	_, err = c.Get(ctx, Sinks, tenant, ns, "f")
	wants(t, "get of another kind", err, NotFound)

	// Read back.
	config := must[map[string]any](t)(c.Get(ctx, Functions, tenant, ns, "f"))
	if config["parallelism"] != json.Number("1") {
		t.Errorf("parallelism is %#v", config["parallelism"])
	}
	eventually(t, "f runs", func() bool {
		s := must[Status](t)(c.Status(ctx, Functions, tenant, ns, "f"))
		return s.NumRunning == 1 && len(s.Instances) == 1 && s.Instances[0].Status.Running
	})
	produce(t, srv, in, 3)
	eventually(t, "f has done 3", func() bool {
		s := must[Status](t)(c.Status(ctx, Functions, tenant, ns, "f")).Instances[0].Status
		return s.NumReceived == 3 && s.NumProcessed == 3 && s.LastInvocation > 0 && s.WorkerID != ""
	})

	// Download.
	var got bytes.Buffer
	size, sum, err := c.Download(ctx, Functions, tenant, ns, "f", &got)
	if err != nil || size != archive.Size || sum != archive.SHA256 || int64(got.Len()) != size {
		t.Errorf("download: %d bytes, %s, %v", size, sum, err)
	}

	// Update, delete.
	ok(t, c.Update(ctx, Functions, tenant, ns, "f", map[string]any{"parallelism": 2}, Package{}, &UpdateOptions{UpdateAuthData: true}))
	if config := must[map[string]any](t)(c.Get(ctx, Functions, tenant, ns, "f")); config["parallelism"] != json.Number("2") {
		t.Errorf("after the update: %v", config["parallelism"])
	}
	if names := must[[]string](t)(c.List(ctx, Functions, tenant, ns)); len(names) != 1 || names[0] != "f" {
		t.Errorf("list: %q", names)
	}
	eventually(t, "two consumers with metadata", func() bool {
		sub := must[TopicStats](t)(c.TopicStats(ctx, in)).Subscriptions["meshc"]
		return sub.Type == "Shared" && len(sub.Consumers) == 2 && sub.Consumers[0].Metadata["id"] == tenant+"/"+ns+"/f" && !sub.Consumers[0].ConnectedSince.IsZero()
	})
	wants(t, "subscription in use", c.DeleteSubscription(ctx, in, "meshc", false), Busy, "active")
	wants(t, "topic in use", c.DeleteTopic(ctx, in, false), Busy)
	if p := must[TopicStats](t)(c.TopicStats(ctx, out)).Publishers; len(p) != 2 || p[0].Metadata["application"] != "pulsar-function" || p[0].AccessMode != "Shared" {
		t.Errorf("publishers: %+v", p)
	}
	ok(t, c.Delete(ctx, Functions, tenant, ns, "f"))

	// Names that need escaping stay one segment.
	for _, name := range []string{"a/b", "a%2Fb", "a%b", "a+b", "a b", "ä", "a?b", "a#b", "..;"} {
		_, err := c.Get(ctx, Functions, tenant, ns, name)
		wants(t, name, err, NotFound, "Function "+name+" doesn't exist")
	}
	seen.writes()
	for _, name := range []string{"", ".", ".."} {
		wants(t, name, c.Delete(ctx, Functions, tenant, ns, name), Refused, "cannot be a name")
	}
	if w := seen.writes(); len(w) != 0 {
		t.Errorf("sent %q", w)
	}
}

// TestSourceAndSinkStatus reads the counters that connectors name differently.
func TestSourceAndSinkStatus(t *testing.T) {
	for text, want := range map[string]InstanceStatus{
		`{"running":true,"numReceivedFromSource":3,"numSourceExceptions":1,"latestSourceExceptions":[{"exceptionString":"x","timestampMs":5}],"numWritten":2,"lastReceivedTime":9,"workerId":"w"}`: {Running: true, NumReceived: 3, NumProcessed: 2, NumConnectorExceptions: 1, LastInvocation: 9, WorkerID: "w"},
		`{"running":false,"error":"a\u001b[31mb","numReadFromPulsar":4,"numWrittenToSink":3,"numSinkExceptions":2}`:                                                                                {Error: "a?[31mb", NumReceived: 4, NumProcessed: 3, NumConnectorExceptions: 2},
		`{"running":true,"averageLatency":null,"numSuccessfullyProcessed":7}`:                                                                                                                      {Running: true, NumProcessed: 7},
	} {
		var got InstanceStatus
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(text, "timestampMs") {
			if len(got.LatestConnectorExceptions) != 1 || got.LatestConnectorExceptions[0].Time != 5 {
				t.Errorf("%+v", got.LatestConnectorExceptions)
			}
		}
		got.LatestConnectorExceptions = nil
		if g, w := must[[]byte](t)(json.Marshal(got)), must[[]byte](t)(json.Marshal(want)); !bytes.Equal(g, w) {
			t.Errorf("got %s, want %s", g, w)
		}
	}
}
