// Package notice tells which functions, sources and sinks are written, by whomever,
// as soon as they are. Function workers keep all of them as messages on one topic, their
// metadata topic; who reads it needs no request for components that nobody touches.
package notice
