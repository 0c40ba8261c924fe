// Package lock keeps a lock in a Pulsar cluster: an exclusive producer on a
// topic of the lock's own. The broker gives the topic to one producer at a time,
// and takes it back when the connection ends, so that a holder that was killed
// leaves nothing behind: it is free at once, and after the broker's keep-alive
// (keepAliveIntervalSeconds, 30 s by default, twice that at most) when a whole
// machine is lost.
//
// The topic is non-persistent: it exists while someone holds it, no message is
// ever sent to it, no function with a pattern of topics reads it, and nothing of
// it is left. Who holds it is the producer's metadata, which the statistics of
// the topic show.
//
// A lease whose connection ends is taken again. Brokers remember the epoch of an
// exclusive topic as long as they serve it; leases take the time as their epoch,
// so that one that was away is refused when another had the lock meanwhile.
package lock
