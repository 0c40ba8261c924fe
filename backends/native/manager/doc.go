// Package manager keeps records of meshes in a Pulsar cluster: the FunctionMeshManager
// of PIP-66, without a server of its own.
//
// Three topics hold them. The records topic has the newest head of each mesh under the
// mesh's name, and is compacted. The log topic has every head that was ever written, each
// with its body, and the place of the one before: histories are walked backwards,
// nothing is replayed. The snapshot topic has the heads of all meshes at a place of the
// records topic, from which a start goes on.
//
// A write is made by the only producer of the records topic, who has read to its end
// and compared: the first writer wins. What a producer sent that was cut off or fenced
// may be stored late, after another has compared; so readers take the first head of each
// revision and no later one, and a writer looks at what was stored between before it says that
// it won. Compaction keeps the last message of a key, so that a loser of that kind
// writes the winner's head again.
//
// What is no record does not count, whoever put it there: the last good head of a
// mesh stays, and whoever sees that compaction would lose it writes it again. If nobody
// did before a compaction, and no snapshot has it, it is lost with the place of its history.
package manager
