// Package operator is a stand-in for the Function Mesh operator and for the kubelet,
// for tests on a server of package k8s. It makes of custom resources what the operator
// makes of them, as far as a deployer can see it:
//
//   - A FunctionMesh gets a Function, Source or Sink for each element, named
//     mesh-element, owned by the mesh; a child's whole spec is overwritten at each
//     change, its labels and annotations are left alone. An element that left the mesh
//     is removed only when the mesh's status knew it. The first error ends a pass.
//   - A child gets a StatefulSet and a headless Service, with the operator's names and
//     labels, a command that carries the function's details, and a pod template that
//     changes whenever the spec does, but for replicas. The controller of StatefulSets,
//     which is real, makes the pods and rolls them.
//   - The statuses have the operator's weak meaning: MeshReady and FunctionReady say that
//     the objects exist, not that a pod runs, and a child's status is written when its
//     spec or its objects change, not when its pods become ready.
//   - With [Options].Webhooks, Functions, Sources and Sinks get the operator's defaults at
//     each write, and its verdict when they are created; a FunctionMesh gets neither.
//   - Pods become Ready, or not, as the test says ([Operator.Set]), and a test can run
//     something for each of them ([Options].OnPod).
//
// It leaves out: autoscalers, the jobs that unsubscribe (the finalizer is there), paused
// roll-outs, BackendConfigs, sidecars and log files, downloads, certificates and OAuth2.
// Specs that crash the operator do not crash it; they are errors that [Operator.Stop]
// returns.
package operator
