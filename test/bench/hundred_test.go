// Package bench measures meshc as a whole process: against plain HTTP on a real
// Pulsar, and how long its offline commands take.
package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/internal/testserver/pulsar"
	"github.com/meshc/meshc/internal/testserver/pulsar/pulsartest"
	"github.com/meshc/meshc/test/harness"
)

func TestMain(m *testing.M) { pulsartest.Main(m) }

const (
	functions = 200
	// inFlight is what a server with default settings takes (see backends/native).
	inFlight = 4
	// worst is the ratio that meshc stays below, against a script that does the same.
	worst = 1.3
)

// BenchmarkTwoHundred applies a mesh of 200 functions that do not depend on each
// other and have one package, on a server with default settings, beside two
// scripts that know the package's URL and have four requests in flight. The one
// does the same: topics, schemas, subscriptions, functions, until all of them read. The
// other creates the functions alone, leaves topics and subscriptions to chance,
// and is content when they call themselves running.
func BenchmarkTwoHundred(t *testing.B) {
	srv := pulsartest.Start(t, pulsar.Options{Packages: true})
	contenders := []struct {
		name string
		run  func(*harness.Bench, int) time.Duration
		took []time.Duration
	}{
		{name: "meshc apply", run: byMeshc},
		{name: "plain HTTP, the same", run: func(b *harness.Bench, n int) time.Duration { return plainHTTP(b, n, true) }},
		{name: "plain HTTP, functions alone", run: func(b *harness.Bench, n int) time.Duration { return plainHTTP(b, n, false) }},
	}
	// The first round is to warm up: the server's code is compiled while it runs.
	// Then each round runs the other way round, against the drift that is left.
	for round := range 4 {
		for i := range contenders {
			if round%2 == 1 {
				i = len(contenders) - 1 - i
			}
			c := &contenders[i]
			b := harness.New(t, srv)
			took := c.run(b, functions)
			t.Logf("round %d, %s: %v", round, c.name, took.Round(10*time.Millisecond))
			if round > 0 {
				c.took = append(c.took, took)
			}
			clearAway(b)
		}
	}
	meshc := median(contenders[0].took)
	t.ReportMetric(meshc.Seconds(), "s")
	for _, c := range contenders[1:] {
		ratio := float64(meshc) / float64(median(c.took))
		t.Logf("%d functions: meshc %v, %s %v, ratio %.2f", functions, meshc.Round(10*time.Millisecond), c.name, median(c.took).Round(10*time.Millisecond), ratio)
		if c.name == contenders[1].name {
			t.ReportMetric(ratio, "ratio")
			if ratio > worst {
				t.Errorf("meshc takes %.2f times as long, more than %.1f", ratio, worst)
			}
		}
	}
}

// byMeshc is the time from the start of the process to its end.
func byMeshc(b *harness.Bench, n int) time.Duration {
	b.Helper()
	b.Jar("loss-a.jar", "code.jar")
	var text strings.Builder
	text.WriteString("jarFile: code.jar\nfunctions:\n")
	for i := range n {
		fmt.Fprintf(&text, "  - {name: f%d, className: org.example.loss.Forward, inputs: [in%d], output: out%d}\n", i, i, i)
	}
	b.File("hundred", text.String())
	c := b.Run("apply", "hundred.yaml", "--yes").Want(0)
	running(b, n)
	return c.Took
}

// plainHTTP is the time from the first request to the last status that says
// running: one upload, then so many creates in flight, each followed by polls.
// With all, it makes topics, schemas and subscriptions as well and waits for the readers.
func plainHTTP(b *harness.Bench, n int, all bool) time.Duration {
	b.Helper()
	b.Jar("loss-a.jar", "code.jar")
	client := &http.Client{Timeout: 90 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 2 * inFlight}}
	begin := time.Now()
	ns := b.Tenant + "/" + b.Namespace
	jar, err := os.ReadFile(filepath.Join(b.Dir, "code.jar"))
	if err != nil {
		b.Fatal(err)
	}
	must(b, send(client, http.MethodPost, b.Server.AdminURL+"/admin/v3/packages/function/"+ns+"/code/v1", "file", jar, "metadata", []byte(`{"description":"code"}`)))
	todo := make(chan int)
	var workers sync.WaitGroup
	failed := make(chan error, n)
	for range inFlight {
		workers.Go(func() {
			for i := range todo {
				if all {
					if err := topics(b, i); err != nil {
						failed <- err
					}
				}
				config := fmt.Sprintf(`{"tenant":%q,"namespace":%q,"name":"f%d","className":"org.example.loss.Forward","inputs":["persistent://%s/in%d"],"output":"persistent://%s/out%d","parallelism":1,"runtime":"JAVA","autoAck":true,"cleanupSubscription":false}`,
					b.Tenant, b.Namespace, i, ns, i, ns, i)
				if err := send(client, http.MethodPost, fmt.Sprintf("%s/admin/v3/functions/%s/f%d", b.Server.AdminURL, ns, i),
					"functionConfig", []byte(config), "url", []byte("function://"+ns+"/code@v1")); err != nil {
					failed <- err
				}
			}
		})
	}
	for i := range n {
		todo <- i
	}
	close(todo)
	workers.Wait()
	close(failed)
	must(b, errors.Join(slices.Collect(func(yield func(error) bool) {
		for err := range failed {
			if !yield(err) {
				return
			}
		}
	})...))
	running(b, n)
	if all {
		reading(b, n)
	}
	return time.Since(begin)
}

// topics makes the topics of a function, their schemas and its subscription.
func topics(b *harness.Bench, i int) error {
	ctx, in, out := context.Background(), b.FullTopic(fmt.Sprintf("in%d", i)), b.FullTopic(fmt.Sprintf("out%d", i))
	register := func(topic string) error {
		_, err := b.Client.PutSchema(ctx, topic, admin.Schema{Type: "STRING"})
		return err
	}
	return errors.Join(
		b.Client.CreateTopic(ctx, in, 0, nil), register(in),
		b.Client.CreateTopic(ctx, out, 0, nil), register(out),
		b.Client.CreateSubscription(ctx, in, fmt.Sprintf("%s/%s/f%d", b.Tenant, b.Namespace, i), admin.Latest, nil),
	)
}

// reading waits until all functions are attached to their inputs.
func reading(b *harness.Bench, n int) {
	b.Helper()
	for i := range n {
		for {
			stats, err := b.Client.TopicStats(context.Background(), b.FullTopic(fmt.Sprintf("in%d", i)))
			if err != nil {
				b.Fatal(err)
			}
			if len(stats.Subscriptions[fmt.Sprintf("%s/%s/f%d", b.Tenant, b.Namespace, i)].Consumers) > 0 {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
}

// running waits until all functions run, inFlight at a time.
func running(b *harness.Bench, n int) {
	b.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	todo := make(chan int, n)
	for i := range n {
		todo <- i
	}
	close(todo)
	var pollers sync.WaitGroup
	for range inFlight {
		pollers.Go(func() {
			for i := range todo {
				for {
					s, err := b.Client.Status(ctx, admin.Functions, b.Tenant, b.Namespace, fmt.Sprintf("f%d", i))
					if err == nil && s.NumRunning == 1 {
						break
					}
					if ctx.Err() != nil {
						b.Errorf("f%d does not run: %v %v", i, s, err)
						return
					}
					time.Sleep(20 * time.Millisecond)
				}
			}
		})
	}
	pollers.Wait()
}

// clearAway deletes the functions, so that the next round has the server to itself.
func clearAway(b *harness.Bench) {
	b.Helper()
	for i := range functions {
		if err := b.Client.Delete(context.Background(), admin.Functions, b.Tenant, b.Namespace, fmt.Sprintf("f%d", i)); err != nil {
			b.Error(err)
		}
	}
}

// send sends a form of parts, given as names and contents.
func send(client *http.Client, method, url string, parts ...any) error {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i < len(parts); i += 2 {
		header := textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf("form-data; name=%q", parts[i])}}
		content := parts[i+1].([]byte)
		switch {
		case parts[i] == "file":
			header.Set("Content-Disposition", `form-data; name="file"; filename="code.jar"`)
			header.Set("Content-Type", "application/octet-stream")
		case json.Valid(content):
			header.Set("Content-Type", "application/json")
		default:
			header.Set("Content-Type", "text/plain")
		}
		part, err := form.CreatePart(header)
		if err != nil {
			return err
		}
		if _, err := part.Write(content); err != nil {
			return err
		}
	}
	if err := form.Close(); err != nil {
		return err
	}
	req, err := http.NewRequest(method, url, &body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode/100 != 2 {
		err = fmt.Errorf("%s %s: %s: %s", method, url, resp.Status, said)
	}
	return err
}

func must(b *harness.Bench, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// median of two or more; of an even number the mean of the two in the middle.
func median(list []time.Duration) time.Duration {
	s := slices.Sorted(slices.Values(list))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}
