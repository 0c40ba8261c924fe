package artifact

import "fmt"

// The bounds of what is read. Real archives stay far below them; what is above is
// refused in one sentence, before it costs memory.
const (
	// maxEntries and maxDirectory bound the list of what an archive holds: the
	// number of entries, and the bytes of the list itself.
	maxEntries   = 200_000
	maxDirectory = 24 << 20
	// maxClass is the largest class file that is looked into. The format allows more,
	// but compilers stay below 1 MB.
	maxClass = 8 << 20
	// maxText is the largest Python module.
	maxText = 4 << 20
	// maxService is the largest pulsar-io.yaml, and maxSettings how many settings a
	// connector may have, maxAliases how many other names one of them; real ones
	// have a kilobyte, a hundred and one.
	maxService  = 256 << 10
	maxSettings = 5000
	maxAliases  = 20
	// maxRatio is how much larger than in the archive an entry of more than
	// freeSize bytes may be. Deflate reaches 1032 for zeros; class files reach 10.
	maxRatio = 250
	freeSize = 1 << 20
	// maxNested bounds what the jars of a NAR may take in memory, all together.
	maxNested = 96 << 20
	// maxClasses bounds the class files that are read of one archive, all together.
	maxClasses = 32 << 20
	// maxInflated bounds what is inflated of one archive in its lifetime.
	maxInflated = 160 << 20
	// maxSupertypes bounds how many classes one question may visit, and maxType how
	// many types one type may hold.
	maxSupertypes = 1000
	maxType       = 1000
	// maxListed and maxListedSize are the number of class files, and the bytes in
	// them, that are read to list functions.
	maxListed     = 300
	maxListedSize = 8 << 20
	// maxHashed is the largest archive that the cache takes the hash of.
	maxHashed = 512 << 20
	// maxKey is the longest name of a setting, maxTypes the length of all their types
	// in a class together.
	maxKey   = 500
	maxTypes = 1 << 20
)

// tooLarge is the sentence for what goes beyond a bound.
func tooLarge(what string, n, limit int64) error {
	return fmt.Errorf("%s has %d bytes, more than the %d that are read", what, n, limit)
}
