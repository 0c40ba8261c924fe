// Package client asks a FunctionMeshManager. What it is asked for is the same as
// what the command line does by itself, so it comes in the same forms: Backend and
// Store read as any other backend and store do, and a run reports as apply.Run does.
package client
