// Package kube is meshc's client for the API server of Kubernetes. It knows no
// mesh: objects come and go as maps, and the kinds of Function Mesh are names
// like any others.
//
// Who the server is and who asks comes from client-go, as kubectl has it:
// kubeconfig files, contexts, exec plugins, tokens in files, service accounts of
// pods. The requests are made here, and not by client-go's clients, for three
// reasons. Those repeat a request up to ten times behind the caller's back when the
// server says Retry-After, they hold requests back at five a second unless told
// otherwise, and they do not tell whether a request that failed was ever sent. What
// a write came to is what a deployment must know most of all.
//
// Reads are repeated for half a minute when their failure passes by itself, writes
// where to do them twice is the same as once. Errors say what they mean for the
// caller: Conflict, Moved, Invalid, Forbidden, NotFound, Temporary, NotReached,
// Unknown.
package kube
