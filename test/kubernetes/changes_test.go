package kubernetes

import (
	"fmt"
	"strings"
	"testing"
)

// beside puts things of others into the namespace, some with names that meshc's could
// be taken for.
func (b *bench) beside() {
	b.Helper()
	spec := `{"name":"x","tenant":"public","namespace":"default","className":"x.X","image":"i","java":{"jar":"/pulsar/x.jar"},"input":{"topics":["public/default/x"]},
		"resources":{"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"1","memory":"1Gi"}},"pulsar":{"pulsarConfig":"pulsar"},"replicas":1,"autoAck":true}`
	for _, text := range []string{
		`{"apiVersion":"compute.functionmesh.io/v1alpha1","kind":"Function","metadata":{"name":"words-others"},"spec":` + spec + `}`,
		`{"apiVersion":"compute.functionmesh.io/v1alpha1","kind":"FunctionMesh","metadata":{"name":"wordsandmore"},"spec":{"functions":[` + spec + `]}}`,
		`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"words-a"},"data":{"k":"v"}}`,
	} {
		b.create(text)
	}
}

// The names of what beside makes: kept has them in each list of names.
const (
	besideFunctions = "words-others wordsandmore-x"
	besideSets      = "words-others-function wordsandmore-x-function"
	besidePods      = "words-others-function-0 wordsandmore-x-function-0"
)

// have waits until nothing is there but the functions of these nodes, with what the
// operator and the cluster make of them, and what others have.
func (b *bench) have(nodes ...string) {
	b.Helper()
	join := func(form, others string) string {
		all := strings.Fields(others)
		for _, n := range nodes {
			all = append(all, fmt.Sprintf(form, n))
		}
		return sorted(all)
	}
	b.want(functions, join("words-%s", besideFunctions))
	b.want("statefulsets", join("words-%s-function", besideSets))
	b.want("pods", join("words-%s-function-0", besidePods))
	mesh := "words wordsandmore"
	if b.own || len(nodes) == 0 {
		mesh = "wordsandmore"
	}
	b.want(meshes, mesh)
	b.want("configmaps", "pulsar words-a")
	b.want("leases", "")
}

// TestChanges takes a mesh through what can change in it.
func TestChanges(t *testing.T) {
	forms(t, func(b *bench) {
		b.beside()
		b.mesh(chain("", ""))
		b.converge()
		b.have("a", "b")

		// Another number of instances restarts none of those that are.
		b.mesh(chain(", parallelism: 2", ""))
		c := b.meshc("plan", "words.yaml").Want(0).Says("1 to update")
		if strings.Contains(c.Output(), "restart") {
			t.Errorf("scaling is told as a restart:\n%s", c.Told())
		}
		first := b.kubectl("get", "pod", "words-a-function-0", "-o", "jsonpath={.metadata.uid}")
		b.converge()
		if now := b.kubectl("get", "pod", "words-a-function-0", "-o", "jsonpath={.metadata.uid}"); now != first {
			t.Error("scaling has made a new first pod")
		}
		b.mesh(chain("", ""))
		b.converge()
		b.have("a", "b")

		// Renamed: the new one reads on where the old one was.
		b.mesh(head + fn("z", "in", "mid", ", lifecycle: {movedFrom: a}") + fn("b", "mid", "out", ""))
		b.converge("--allow", "message-loss")
		b.have("b", "z")
		if sub := b.spec("words-z")["subscriptionName"]; sub != "public/default/a" {
			t.Errorf("the renamed function reads by %v", sub)
		}

		// What cannot be changed is replaced.
		uid := b.uidOf("words-z")
		b.mesh(head + fn("z", "in", "mid", `, lifecycle: {movedFrom: a}, kubernetes: {volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]}`) + fn("b", "mid", "out", ""))
		b.meshc("plan", "words.yaml").Want(0).Says("1 to replace", "volumeClaimTemplates")
		b.converge("--allow", "message-loss")
		b.have("b", "z")
		if b.uidOf("words-z") == uid {
			t.Error("the function with other volumes is the old one")
		}

		// Removed: nothing of it is left, and all of the others'.
		b.mesh(head + fn("z", "in", "out", ", lifecycle: {movedFrom: a}"))
		b.converge("--allow", "message-loss")
		b.have("z")

		b.meshc("destroy", "words.yaml", "--yes", "--allow", "message-loss").Want(0)
		b.have()
	})
}

// TestHomes takes a mesh from one form to the other and back, and to another name.
func TestHomes(t *testing.T) {
	forms(t, func(b *bench) {
		b.beside()
		b.mesh(chain("", ""))
		b.converge()
		for range 2 {
			b.own = !b.own
			b.meshc("plan", "words.yaml").Want(0).Says("2 to replace")
			b.converge("--allow", "message-loss")
			b.have("a", "b")
		}
		b.mesh(strings.Replace(chain("", ""), "{pulsarConfig", "{name: other, pulsarConfig", 1))
		b.converge("--allow", "message-loss")
		if b.own {
			b.have("a", "b")
			return
		}
		b.want(meshes, "other wordsandmore")
		b.want(functions, sorted(append(strings.Fields(besideFunctions), "other-a", "other-b")))
		b.want("statefulsets", sorted(append(strings.Fields(besideSets), "other-a-function", "other-b-function")))
		b.want("pods", sorted(append(strings.Fields(besidePods), "other-a-function-0", "other-b-function-0")))
	})
}

// TestAutoscaled leaves the number of instances to the autoscaler, whatever else
// changes, and deletes the autoscaler when it is not wanted any more: the operator
// leaves it behind.
func TestAutoscaled(t *testing.T) {
	forms(t, func(b *bench) {
		b.mesh(chain(", kubernetes: {maxReplicas: 5}", ""))
		b.converge()
		b.autoscaler("words-a")
		b.autoscaler("words-b") // of someone who has it watch b by hand: not ours
		b.kubectl("annotate", "hpa", "words-b-function", "x=y")
		b.kubectl("patch", "hpa", "words-b-function", "--type=json", "-p", `[{"op":"remove","path":"/metadata/ownerReferences"}]`)
		b.kubectl("scale", functions, "words-a", "--replicas=4")
		b.settled()
		b.mesh(chain(`, kubernetes: {maxReplicas: 5}, logTopic: logs`, ""))
		b.converge()
		if n := b.spec("words-a")["replicas"]; n != 4.0 {
			t.Errorf("an edit of something else has made %v instances of 4", n)
		}
		b.kubectl("scale", functions, "words-a", "--replicas=3")
		b.mesh(chain(`, kubernetes: {maxReplicas: 5}, logTopic: logs`, ", timeoutMs: 1000"))
		b.converge()
		if n := b.spec("words-a")["replicas"]; n != 3.0 {
			t.Errorf("an edit of another one has made %v instances of 3", n)
		}
		b.mesh(chain(`, logTopic: logs, parallelism: 2`, ""))
		b.meshc("plan", "words.yaml").Want(0).Says("words-a-function", "maxReplicas")
		b.converge()
		if n := b.spec("words-a")["replicas"]; n != 2.0 {
			t.Errorf("%v instances, want 2", n)
		}
		b.want("horizontalpodautoscalers", "words-b-function")

		// One that was left behind earlier is told and deleted too.
		b.autoscaler("words-a")
		b.meshc("plan", "words.yaml", "--detailed-exitcode").Want(2).Says("words-a-function")
		b.converge()
		b.want("horizontalpodautoscalers", "words-b-function")
	})
}

// autoscaler makes the one that the operator makes of maxReplicas.
func (b *bench) autoscaler(name string) {
	b.Helper()
	b.create(fmt.Sprintf(`{"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{"name":"%s-function",
		"ownerReferences":[{"apiVersion":"compute.functionmesh.io/v1alpha1","kind":"Function","name":%q,"uid":%q,"controller":true}]},
		"spec":{"maxReplicas":5,"minReplicas":1,"scaleTargetRef":{"apiVersion":"compute.functionmesh.io/v1alpha1","kind":"Function","name":%[2]q}}}`,
		name, name, b.uidOf(name)))
}

func (b *bench) uidOf(function string) string {
	b.Helper()
	return b.kubectl("get", functions, function, "-o", "jsonpath={.metadata.uid}")
}
