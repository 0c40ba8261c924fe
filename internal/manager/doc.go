// Package manager is the FunctionMeshManager of PIP-66 as a service: it registers,
// plans, deploys, lists and takes down meshes over REST, and tells what happens to
// them. What it remembers is where the command line keeps it, in a record.Store, so
// that both can be used side by side.
//
// Several replicas may run. One leads and makes all changes; the others answer what
// can be answered from memory and pass the rest on. Nothing that the manager does
// goes beyond what its caller could do alone: see Gate.
package manager
