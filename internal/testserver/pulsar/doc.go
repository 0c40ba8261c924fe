// Package pulsar fetches a real Apache Pulsar and runs it as a child process,
// for tests and for demonstrations.
//
// [Home] puts the server into the user's cache folder once; [Start] runs a
// standalone of it (broker, bookie, metadata store and function worker in one
// Java process) in a run folder of its own and on loopback ports of its own,
// so that several run side by side. Nothing is left behind after
// [Server.Stop], and nothing survives when the starting process dies.
//
// Wanted on PATH: java 17 or newer; for the first fetch also mvn (and for
// 4.2.4 a JDK); for Python functions python3. [Missing] tells what is not
// there. Works on Linux and macOS.
//
// Tests use the sub-package pulsartest, which skips where these are missing.
package pulsar
