// Package wire speaks the part of Pulsar's binary protocol that locks and records
// need: saying hello, asking which broker serves a topic, producers that send one
// message at a time and may be the only ones, readers, and pings. There are no
// batches, no compression, no acknowledgements, and no topics with partitions.
//
// Pulsar's client library is not used for it since it has no say in where the
// library connects: it sends the credentials to whatever broker a lookup names.
// It also tells nobody when a producer has lost its connection, cannot fence off
// another producer (ExclusiveWithFencing), and linking it makes each command of
// meshc 14 MB larger and take twice the memory.
//
// Frames and commands are those of PulsarApi.proto and of "Pulsar binary
// protocol specification"; names here are Pulsar's.
package wire
