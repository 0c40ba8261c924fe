//go:build linux

package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"sync/atomic"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/meshc/meshc/backends/kubernetes/kube"
)

// childEnv makes the test's program one of the contenders instead of running tests:
// its value is a [contender] as JSON.
const childEnv = "MESHC_BENCH_KUBERNETES"

// contender is a way to bring objects to a server, as a process of its own.
type contender struct {
	// Name is bare for client-go's dynamic client, kube for meshc's own; "bare list" and
	// list for one list by each.
	Name string
	// Objects is a file with a JSON array of Function resources.
	Kubeconfig, Namespace, Objects string
}

const (
	inTheAir = 16
)

func init() {
	text := os.Getenv(childEnv)
	if text == "" {
		return
	}
	var c contender
	err := json.Unmarshal([]byte(text), &c)
	if err == nil {
		err = c.run(context.Background())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func (c contender) run(ctx context.Context) error {
	var objects []map[string]any
	if c.Objects != "" {
		text, err := os.ReadFile(c.Objects)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(text, &objects); err != nil {
			return err
		}
	}
	if c.Name == "bare" || c.Name == "bare list" {
		conf, err := clientcmd.BuildConfigFromFlags("", c.Kubeconfig)
		if err != nil {
			return err
		}
		conf.QPS, conf.Burst = 1000, 1000
		client, err := dynamic.NewForConfig(conf)
		if err != nil {
			return err
		}
		to := client.Resource(schema.GroupVersionResource{Group: kube.MeshGroup, Version: "v1alpha1", Resource: "functions"}).Namespace(c.Namespace)
		if c.Name == "bare list" {
			l, err := to.List(ctx, metav1.ListOptions{})
			if err == nil && len(l.Items) != resources {
				err = fmt.Errorf("%d functions are listed", len(l.Items))
			}
			return err
		}
		return each(objects, func(o map[string]any) error {
			u := &unstructured.Unstructured{Object: o}
			_, err := to.Apply(ctx, u.GetName(), u, metav1.ApplyOptions{FieldManager: kube.Manager})
			return err
		})
	}
	conf, err := kube.Load(kube.Settings{Kubeconfig: c.Kubeconfig, Namespace: c.Namespace})
	if err != nil {
		return err
	}
	client, err := kube.New(conf)
	if err != nil {
		return err
	}
	if c.Name == "list" {
		l, err := client.List(ctx, kube.Functions, c.Namespace, kube.Selector{})
		if err == nil && len(l.Items) != resources {
			err = fmt.Errorf("%d functions are listed", len(l.Items))
		}
		return err
	}
	return each(objects, func(o map[string]any) error {
		_, err := client.Apply(ctx, kube.Functions, o, kube.Options{})
		return err
	})
}

// each does something to all objects, so many at a time, until one fails.
func each(objects []map[string]any, do func(map[string]any) error) error {
	var next atomic.Int64
	var first atomic.Pointer[error]
	var workers sync.WaitGroup
	for range inTheAir {
		workers.Go(func() {
			for first.Load() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(objects) {
					return
				}
				if err := do(objects[i]); err != nil {
					first.CompareAndSwap(nil, &err)
				}
			}
		})
	}
	workers.Wait()
	if err := first.Load(); err != nil {
		return *err
	}
	return nil
}
