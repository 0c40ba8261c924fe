// Package conn holds how meshc reaches a Pulsar cluster: the addresses, the
// credentials, the TLS files, and the one HTTP transport that everything of the
// native backend uses.
//
// Settings come from flags, else from the client.conf that pulsar-admin reads,
// else they are Pulsar's defaults on localhost. Credentials are attached by the
// transport, only for hosts that the user named, and appear in no error, log
// line or URL.
package conn
