package kubernetes

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// TestTwoManagers edits with kubectl what meshc has written: the plan says who it was,
// apply refuses, and takes it back when it is told to.
func TestTwoManagers(t *testing.T) {
	forms(t, func(b *bench) {
		b.mesh(chain(`, runtimeFlags: "-Dx=1"`, ""))
		b.converge()
		edit := `{"spec":{"runtimeFlags":"-Dx=2"}}`
		field := ".spec.runtimeFlags"
		if !b.own {
			field = ".spec.functions"
			edit = b.listWith("a", func(spec map[string]any) { spec["runtimeFlags"] = "-Dx=2" })
		}
		b.kubectl("patch", b.resourceOf("a"), "--type=merge", "--field-manager=carol", "-p", edit)
		b.meshc("plan", "words.yaml", "--detailed-exitcode").Want(2).
			Says("changed in the cluster since meshc wrote it, by carol ("+field, "--force-conflicts", "-Dx=2 -> -Dx=1", "1 to update")
		b.meshc("plan", "words.yaml", "-o", "markdown").Want(0).Says("since meshc wrote it, by carol (" + field)
		var doc struct {
			Plans []struct {
				Changes []struct {
					Addr      string
					Drifted   bool
					DriftedBy []string
				}
			}
		}
		told := b.meshc("plan", "words.yaml", "-o", "json").Want(0)
		if err := json.Unmarshal([]byte(told.Stdout()), &doc); err != nil {
			t.Fatal(err)
		}
		if len(doc.Plans) != 1 || len(doc.Plans[0].Changes) != 1 || !doc.Plans[0].Changes[0].Drifted || !strings.HasPrefix(fmt.Sprint(doc.Plans[0].Changes[0].DriftedBy), "[carol ("+field) {
			t.Errorf("the plan as JSON has %+v\n%s", doc, told.Told())
		}
		before := b.version("a")
		b.apply().Want(1).Says(`another has set what the mesh sets: "carol" has `+field, "--force-conflicts")
		if b.version("a") != before {
			t.Error("something was written all the same")
		}
		b.converge("--force-conflicts")
		if flags := b.spec("words-a")["runtimeFlags"]; flags != "-Dx=1" {
			t.Errorf("runtimeFlags are %v", flags)
		}
	})
}

// TestOthersFields has what the mesh says nothing of set by others: it stays, and no
// plan speaks of it.
func TestOthersFields(t *testing.T) {
	forms(t, func(b *bench) {
		b.mesh(chain("", ""))
		b.converge()
		others := `{"metadata":{"labels":{"team":"x"},"annotations":{"note":"y"}}}`
		if b.own {
			others = `{"metadata":{"labels":{"team":"x"},"annotations":{"note":"y"}},"spec":{"pod":{"nodeSelector":{"kubernetes.io/os":"linux"}},"runtimeFlags":"-Dy=1"}}`
		}
		b.kubectl("patch", b.resourceOf("a"), "--type=merge", "--field-manager=carol", "-p", others)
		b.settled()
		b.mesh(chain(`, parallelism: 2`, ""))
		b.converge()
		text := b.kubectl("get", b.resourceOf("a"), "-o", `jsonpath={.metadata.labels.team} {.metadata.annotations.note} {.spec.pod.nodeSelector.kubernetes\.io/os} {.spec.runtimeFlags}`)
		want := "x y  "
		if b.own {
			want = "x y linux -Dy=1"
		}
		if text != want {
			t.Errorf("what others have set is %q now, want %q", text, want)
		}
	})
}

// TestListOfOthers has someone write a list of a FunctionMesh without a change of what
// is in it: the plan says so where the list has to be written, as apply would refuse it.
func TestListOfOthers(t *testing.T) {
	forms(t, func(b *bench) {
		if b.own {
			return
		}
		b.mesh(chain("", ""))
		b.converge()
		b.kubectl("patch", meshes+"/words", "--type=merge", "--field-manager=carol", "-p", b.listWith("a", func(spec map[string]any) { spec["runtimeFlags"] = "-Dx=2" }))
		b.kubectl("patch", meshes+"/words", "--type=merge", "--field-manager=carol", "-p", b.listWith("a", func(spec map[string]any) { delete(spec, "runtimeFlags") }))
		b.settled() // all is as it should be, whoever wrote it
		b.mesh(chain("", ", parallelism: 2"))
		b.meshc("plan", "words.yaml").Want(0).Says("held in the cluster by carol (.spec.functions, which is written as a whole): it takes --force-conflicts to write that")
		b.apply().Want(1).Says(`"carol" has .spec.functions`)
		b.converge("--force-conflicts")
	})
}

// listWith is a patch of the mesh's list of functions, which holds another form of one.
func (b *bench) listWith(name string, edit func(map[string]any)) string {
	b.Helper()
	var list []map[string]any
	if err := json.Unmarshal([]byte(b.kubectl("get", meshes, "words", "-o", "jsonpath={.spec.functions}")), &list); err != nil {
		b.Fatal(err)
	}
	for _, spec := range list {
		if spec["name"] == name {
			edit(spec)
		}
	}
	text, err := json.Marshal(map[string]any{"spec": map[string]any{"functions": list}})
	if err != nil {
		b.Fatal(err)
	}
	return string(text)
}

// version is the resourceVersion of a node's resource as far as its spec goes.
func (b *bench) version(node string) string {
	b.Helper()
	return b.kubectl("get", b.resourceOf(node), "-o", "jsonpath={.metadata.generation} {.metadata.annotations}")
}

// TestNamesOfOthers meets a function of someone else where the mesh has one: it is not
// touched, and the finding says what it is and how it goes away.
func TestNamesOfOthers(t *testing.T) {
	forms(t, func(b *bench) {
		remedy := "kubectl delete functions.compute.functionmesh.io words-a"
		spec := `{"name":"a","tenant":"public","namespace":"default","className":"x.X","image":"i","java":{"jar":"/pulsar/x.jar"},"input":{"topics":["public/default/in"]},
			"resources":{"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"1","memory":"1Gi"}},"pulsar":{"pulsarConfig":"pulsar"}}`
		if b.own {
			b.create(`{"apiVersion":"compute.functionmesh.io/v1alpha1","kind":"Function","metadata":{"name":"words-a"},"spec":` + spec + `}`)
		} else {
			remedy = "kubectl edit functionmeshes.compute.functionmesh.io words"
			b.create(`{"apiVersion":"compute.functionmesh.io/v1alpha1","kind":"FunctionMesh","metadata":{"name":"words"},"spec":{"functions":[` + spec + `]}}`)
		}
		before := b.version("a")
		b.mesh(chain("", ""))
		b.apply().Want(3).Says("function public/default/a exists in the cluster", remedy)
		if now := b.version("a"); now != before {
			t.Errorf("it was written: %s, was %s", now, before)
		}
		b.mesh(chain(", lifecycle: {adopt: true}", ""))
		if c := b.converge("--allow", "message-loss"); strings.Contains(c.Output(), "MC1022") {
			t.Errorf("lifecycle is told as left out:\n%s", c.Told())
		}
		b.want(functions, "words-a words-b")

		// From then on it is as any other.
		edit := `{"spec":{"runtimeFlags":"-Dx=2","image":"theirs"}}`
		if !b.own {
			edit = b.listWith("a", func(spec map[string]any) { spec["image"] = "theirs" })
		}
		b.kubectl("patch", b.resourceOf("a"), "--type=merge", "--field-manager=carol", "-p", edit)
		b.apply().Want(1).Says(`"carol" has .spec.`, "--force-conflicts")
	})
}

// TestMeshesOfOthers finds FunctionMeshes of others by the mesh's name, whose elements
// are called otherwise: plans say so before anything is written.
func TestMeshesOfOthers(t *testing.T) {
	forms(t, func(b *bench) {
		if b.own {
			return
		}
		b.mesh(chain("", ""))
		b.meshc("plan", "words.yaml", "--out", "words.plan").Want(0)
		b.create(`{"apiVersion":"compute.functionmesh.io/v1alpha1","kind":"FunctionMesh","metadata":{"name":"words"},"spec":{"functions":[
			{"name":"x","tenant":"public","namespace":"default","className":"x.X","image":"i","java":{"jar":"/pulsar/x.jar"},"input":{"topics":["public/default/in"]},
			"resources":{"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"1","memory":"1Gi"}},"pulsar":{"pulsarConfig":"pulsar"}}]}}`)
		b.meshc("apply", "words.plan", "--yes").Want(5).Says("nothing was written")
		b.apply().Want(3).Says("FunctionMesh words, which the function public/default/a is to be in, exists in the cluster and carries no marker of meshc",
			"function public/default/b is to be in", "`kubernetes: {name: ...}`", "kubectl delete functionmeshes.compute.functionmesh.io words")
		b.kubectl("delete", meshes, "words")

		elsewhere := strings.Replace(head+fn("c", "in", "out", ""), "namespace: default", "namespace: elsewhere", 1)
		b.mesh(elsewhere)
		b.converge()
		b.mesh(chain("", ""))
		b.apply().Want(3).Says("FunctionMesh words, which the function public/default/a is to be in, exists in the cluster and belongs to mesh public/elsewhere/words", "`kubernetes: {name: ...}`")
		b.mesh(strings.Replace(chain("", ""), "{pulsarConfig", "{name: other, pulsarConfig", 1))
		b.converge()
		b.want(meshes, "other words")
		b.mesh(elsewhere)
		b.settled()
	})
}
