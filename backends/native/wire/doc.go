// Package wire speaks the part of Pulsar's binary protocol that a lock needs:
// saying hello, asking which broker serves a topic, holding one exclusive
// producer, and pings. It sends and receives no messages.
//
// Pulsar's client library is not used for it since it has no say in where the
// library connects: it sends the credentials to whatever broker a lookup names.
// It also tells nobody when a producer has lost its connection, and linking it
// makes each command of meshc 14 MB larger and take twice the memory.
//
// Frames and commands are those of PulsarApi.proto and of "Pulsar binary
// protocol specification"; names here are Pulsar's.
package wire
