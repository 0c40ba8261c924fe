// Package coordinate makes one of several processes the leader, in the way of
// function workers: all of them sit in one failover subscription of a coordination
// topic (WorkerService, "participants"), and the active consumer leads. Who they are
// and where they can be reached is in the consumers' metadata.
//
// A broker frees the seat of a process that was killed at once, and that of one that
// stands still when its keep-alive has gone unanswered (30 to 60 s by default). A
// process that was stopped knows by the clock that it may have been replaced: the lead
// counts for a few seconds after the last answer of the broker, and no longer.
package coordinate
