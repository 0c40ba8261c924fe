// Package cli holds the commands of meshc: one file a command, each a struct of
// options that flags fill and a function that runs with it. A command gets its
// streams, its clock and the way to a cluster from the [Factory]; nothing is read
// from the process and nothing connects before it is asked for.
//
// Results (findings, plans, lists) go to standard output; questions, progress
// and failures go to standard error.
package cli
