// Package backendtest is the suite that every backend passes: what planner/backend
// promises of a backend, and what plans rely on, as tests that know no cluster. A
// backend runs it with [Run] from a test of its own and gives the places and the
// code for it, see [Fixture]. What a backend need not be able to do is asked for by
// interface (backend.Locker, backend.Lister, ...), so that no case is skipped: those
// of abilities that it does not have are not part of its suite.
//
// Cases make meshes from texts, plan and apply them by package planner, and look at
// the backend by its four methods. Random meshes come from a seed that is printed;
// MESHC_SEED gives them back.
package backendtest
