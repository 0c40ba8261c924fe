// Package operator is what the Function Mesh operator, its admission webhook and
// Kubernetes ask of a resource: which fields there are in which version, what they
// take, and what stops the operator or is passed over by it. Neither of them looks
// at the elements of a FunctionMesh, so nobody else tells the author.
//
// The facts about the operator are those of streamnative/function-mesh 0.27: its
// definitions (CRDs), its webhook's rules for creation (those for updates are
// empty), and what its reconcilers do. shapes.txt is written from the definitions.
package operator
