package compiler

import (
	"fmt"
	"slices"
	"strings"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/mesh"
)

// account is who the role is bound to; whoever runs meshc otherwise is bound in its place.
const account = "meshc"

// grant is one rule of a role.
type grant struct {
	// why is a comment of a line or two.
	why              []string
	group            string
	resources, verbs []string
	names            []string
}

// grants are what meshc does in a namespace of Kubernetes. Nothing else is asked
// for: where resources are one FunctionMesh, its children are the operator's to
// make, and where they are resources of their own, no FunctionMesh is made. What is
// there in the other form can be stopped, drained and deleted by either role: a mesh
// that changes its form is replaced.
func grants(components bool) []grant {
	const functionMesh = "compute.functionmesh.io"
	read, write := []string{"get", "list"}, []string{"get", "list", "create", "patch", "delete"}
	meshes := grant{[]string{"The mesh: create and patch are one server-side apply, list finds what is there."}, functionMesh, []string{"functionmeshes"}, write, nil}
	children := grant{[]string{"What the operator makes of its elements, to wait until they run; those that it lost", "sight of are deleted, and so are nodes from before, which were resources of their own."}, functionMesh, []string{"functions", "sources", "sinks"}, []string{"get", "list", "patch", "delete"}, nil}
	if components {
		meshes = grant{[]string{"FunctionMeshes are looked at, so that none of their children is taken for a resource of its own;", "one from before, which nodes leave, is patched or deleted."}, functionMesh, []string{"functionmeshes"}, []string{"get", "list", "patch", "delete"}, nil}
		children = grant{[]string{"The nodes: create and patch are one server-side apply, list finds what is there."}, functionMesh, []string{"functions", "sources", "sinks"}, write, nil}
	}
	return []grant{
		meshes, children,
		{[]string{"How many instances run, and whether they are the new ones: the resources' own status does not tell."}, "apps", []string{"statefulsets"}, read, nil},
		{[]string{"The autoscaler that the operator leaves behind when `maxReplicas` goes."}, "autoscaling", []string{"horizontalpodautoscalers"}, []string{"get", "list", "delete"}, nil},
		{[]string{"Why instances do not run: the states of their pods."}, "", []string{"pods"}, []string{"list"}, nil},
		{[]string{"The same: what happened to a pod. Without it failures say less."}, "", []string{"events"}, []string{"list"}, nil},
		{[]string{"The same: the last lines of a container that ended. Without it failures say less."}, "", []string{"pods/log"}, []string{"get"}, nil},
		{[]string{"The lock of a mesh, held while it is changed (--lock=false needs none)."}, "coordination.k8s.io", []string{"leases"}, []string{"get", "create", "update", "delete"}, nil},
		{[]string{"Versions of a mesh, and who holds it. Without it runs are not recorded; --record off does not ask."}, "", []string{"configmaps"}, []string{"get", "list", "create", "update", "delete"}, nil},
	}
}

// clusterGrants are for the whole cluster, and can be left out.
var clusterGrants = []grant{
	{[]string{"Which fields the operator knows. Without it, --operator-version says so."}, "apiextensions.k8s.io", []string{"customresourcedefinitions"}, []string{"get"},
		[]string{"functionmeshes.compute.functionmesh.io", "functions.compute.functionmesh.io", "sinks.compute.functionmesh.io", "sources.compute.functionmesh.io"}},
}

// roles writes the least rights that meshc needs to deploy meshes, for each
// namespace of Kubernetes that they name.
func roles(meshes []*mesh.Mesh, components bool) ([]File, diag.List) {
	var list diag.List
	var namespaces []string
	for _, m := range meshes {
		blocks := []*mesh.Value{m.Kubernetes}
		if components {
			for _, n := range m.Nodes {
				if own := n.Base().Fields.Get("kubernetes"); own.Get("namespace") != nil {
					blocks = append(blocks, own)
				}
			}
		}
		for _, block := range blocks {
			namespace := block.Get("namespace").Text()
			if namespace == "" {
				list.Add(diag.OtherMeaning, m.Span, fmt.Sprintf("No `kubernetes.namespace` is given for the mesh `%s`: the role is for the namespace `default`.", m.ID),
					"Name the namespace of Kubernetes that the mesh is in.")
				namespace = "default"
			}
			if !slices.Contains(namespaces, namespace) {
				namespaces = append(namespaces, namespace)
			}
		}
	}
	slices.Sort(namespaces)
	var out []File
	for _, namespace := range namespaces {
		out = append(out, File{"rbac-" + namespace + ".yaml", []byte(role(namespace, components))})
	}
	return append(out, File{"rbac-cluster.yaml", []byte(clusterRole(namespaces))}), list
}

func role(namespace string, components bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# What meshc needs in the namespace %s of Kubernetes to plan and apply meshes.\n", namespace)
	head(&b, "v1", "ServiceAccount", account, namespace)
	b.WriteString("---\n")
	head(&b, "rbac.authorization.k8s.io/v1", "Role", account, namespace)
	writeRules(&b, grants(components))
	b.WriteString("---\n")
	head(&b, "rbac.authorization.k8s.io/v1", "RoleBinding", account, namespace)
	fmt.Fprintf(&b, "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: Role\n  name: %s\n", account)
	writeSubjects(&b, []string{namespace})
	return b.String()
}

func clusterRole(namespaces []string) string {
	var b strings.Builder
	b.WriteString("# What meshc reads of the cluster itself. It works without, and knows less then.\n")
	head(&b, "rbac.authorization.k8s.io/v1", "ClusterRole", account, "")
	writeRules(&b, clusterGrants)
	b.WriteString("---\n")
	head(&b, "rbac.authorization.k8s.io/v1", "ClusterRoleBinding", account, "")
	fmt.Fprintf(&b, "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: %s\n", account)
	writeSubjects(&b, namespaces)
	return b.String()
}

func head(b *strings.Builder, version, kind, name, namespace string) {
	fmt.Fprintf(b, "apiVersion: %s\nkind: %s\nmetadata:\n  name: %s\n", version, kind, name)
	if namespace != "" {
		fmt.Fprintf(b, "  namespace: %q\n", namespace)
	}
}

func writeRules(b *strings.Builder, all []grant) {
	b.WriteString("rules:\n")
	for _, g := range all {
		for _, line := range g.why {
			b.WriteString("  # " + line + "\n")
		}
		fmt.Fprintf(b, "  - apiGroups: [%q]\n    resources: [%s]\n    verbs: [%s]\n", g.group, strings.Join(g.resources, ", "), strings.Join(g.verbs, ", "))
		if len(g.names) > 0 {
			fmt.Fprintf(b, "    resourceNames: [%s]\n", strings.Join(g.names, ", "))
		}
	}
}

func writeSubjects(b *strings.Builder, namespaces []string) {
	b.WriteString("subjects:\n")
	for _, namespace := range namespaces {
		fmt.Fprintf(b, "  - kind: ServiceAccount\n    name: %s\n    namespace: %q\n", account, namespace)
	}
}
