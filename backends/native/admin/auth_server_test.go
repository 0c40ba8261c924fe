package admin

import (
	"strings"
	"testing"

	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
)

// TestAuth runs against a server with token authentication and authorisation.
// Its file comes before those of the shared server, so that only one runs.
func TestAuth(t *testing.T) {
	srv := pulsartest.Start(t, pulsar.Options{Auth: true, Packages: true, Version: pulsartest.SharedOptions.Version})
	ctx := t.Context()
	boss := connect(t, srv.AdminURL, srv.AdminToken())
	archive := jar(t, srv)
	config := exclamation("persistent://public/default/in", "persistent://public/default/out")
	ok(t, boss.Create(ctx, Functions, "public", "default", "f", config, archive))
	if m := must[PackagesMode](t)(boss.PackagesMode(ctx, must[RuntimeConfig](t)(boss.RuntimeConfig(ctx)), "public", "default")); m.Usable() != Yes {
		t.Errorf("superuser: %+v", m)
	}

	p := PackageName{"function", "public", "default", "app", "1"}
	for who, token := range map[string]string{"stranger": srv.Token("stranger"), "nobody": "", "forged": "e30.e30.c2lnbmF0dXJl"} {
		c := connect(t, srv.AdminURL, token)
		for what, err := range map[string]error{
			"create":    c.Create(ctx, Functions, "public", "default", "g", config, archive),
			"delete":    c.Delete(ctx, Functions, "public", "default", "f"),
			"get":       second(c.Get(ctx, Functions, "public", "default", "f")),
			"status":    second(c.Status(ctx, Functions, "public", "default", "f")),
			"packages":  second(c.ListPackages(ctx, "function", "public", "default")),
			"upload":    c.UploadPackage(ctx, p, archive.File, archive.SHA256, archive.Size, nil),
			"topic":     c.CreateTopic(ctx, "persistent://public/default/t", 0, nil),
			"namespace": c.CreateNamespace(ctx, "public", "n"),
			"runtime":   second(c.RuntimeConfig(ctx)),
		} {
			advice := "check authPlugin and authParams"
			if who == "stranger" {
				advice = "the role needs "
			}
			wants(t, who+" "+what, err, Unauthorized, advice)
			t.Logf("%s %s: %v", who, what, err)
			if token != "" && strings.Contains(err.Error(), token) {
				t.Errorf("%s %s: the error shows the token", who, what)
			}
		}
		m, err := c.PackagesMode(ctx, nil, "public", "default")
		t.Logf("%s: packages %+v, %v; clusters %v; version %v", who, m, err, second(c.Clusters(ctx)), second(c.BrokerVersion(ctx)))
		if err != nil || m.Usable() != NoIdea {
			t.Errorf("%s: %+v, %v", who, m, err)
		}
	}

	// A role with the rights that deploying takes, and no more.
	k, err := post("admin", "v2", "namespaces", "public", "default", "permissions", "dev").json([]string{"functions", "packages"})
	ok(t, err)
	ok(t, boss.send(ctx, k))
	dev := connect(t, srv.AdminURL, srv.Token("dev"))
	m := must[PackagesMode](t)(dev.PackagesMode(ctx, nil, "public", "default"))
	if m.Broker != Yes || m.Workers != NoIdea || m.Usable() != NoIdea {
		t.Errorf("dev: %+v", m)
	}
	ok(t, dev.UploadPackage(ctx, p, archive.File, archive.SHA256, archive.Size, nil))
	ok(t, dev.Create(ctx, Functions, "public", "default", "h", config, Package{URL: p.String()}))
	for what, err := range map[string]error{
		"clusters":       second(dev.Clusters(ctx)),
		"version":        second(dev.BrokerVersion(ctx)),
		"partitions":     second(dev.Partitions(ctx, "persistent://public/default/in")),
		"properties":     second(dev.TopicProperties(ctx, "persistent://public/default/in")),
		"stats":          second(dev.TopicStats(ctx, "persistent://public/default/in")),
		"topics":         second3(dev.Topics(ctx, "public", "default")),
		"namespaces":     second(dev.Namespaces(ctx, "public")),
		"create topic":   dev.CreateTopic(ctx, "persistent://public/default/x", 0, nil),
		"subscription":   dev.CreateSubscription(ctx, "persistent://public/default/in", "x", Latest, nil),
		"another tenant": second(dev.List(ctx, Functions, "pulsar", "system")),
	} {
		t.Logf("dev %s: %v", what, err)
	}
	attached(t, boss, "persistent://public/default/in", 2)
	ok(t, boss.Delete(ctx, Functions, "public", "default", "f"))
	ok(t, boss.Delete(ctx, Functions, "public", "default", "h"))
	attached(t, boss, "persistent://public/default/in", 0)
}

func second3[A, B any](_ A, _ B, err error) error { return err }
