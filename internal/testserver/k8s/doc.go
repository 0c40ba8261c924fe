// Package k8s runs a real Kubernetes API server as a child process, for tests:
// etcd, kube-apiserver and the controllers for namespaces, owner references and
// StatefulSets. There are no nodes and no kubelet, so no container ever runs; the
// sub-package operator plays the part of the Function Mesh operator and of the kubelet.
//
// [Programs] builds the programs once with test/k8s/build.sh, from pinned modules, in
// about five minutes; [Start] runs them on loopback ports of their own in a run
// folder of their own, ready within seconds, with the custom resource definitions of
// Function Mesh installed. Nothing is left behind after [Server.Stop], and nothing
// survives when the starting process dies.
//
// Tests use the sub-package k8stest, which skips where the programs cannot be built.
package k8s
