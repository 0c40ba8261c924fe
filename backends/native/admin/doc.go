// Package admin is meshc's client for Pulsar's REST API.
//
// Functions, sources, sinks and packages go through a client of our own, since
// the types of pulsaradmin cannot express a correct update (false is always
// sent, empty maps never are) and it holds whole packages in memory. Topics and
// namespaces go through pulsaradmin where it is right, on the same transport.
//
// Calls are made once: nothing is retried here. Classify says what a failure
// means, and so whether the caller may retry, must read again, or must stop.
// Functions that read send only GETs, and none that makes the server create
// anything. The paths are those of Pulsar 4.0 and 4.2.
package admin
