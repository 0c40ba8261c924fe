package wire

import (
	"encoding/binary"
)

// Keys gives the keys of the messages of a batch, each once, and whether these are all:
// a compressed one is not looked into. Compaction goes by these keys, and not by
// that of the whole (RawBatchConverter.extractIdsAndKeysAndSize). A message that is no batch
// has its own.
func (r *Received) Keys() (keys []string, all bool) {
	if !r.Batch {
		return []string{r.Key}, true
	}
	if r.Damaged != nil || r.encrypted || r.Compression != 0 {
		return nil, false
	}
	seen := map[string]bool{}
	for rest := r.Payload; len(rest) > 0; {
		if len(rest) < 4 || uint64(binary.BigEndian.Uint32(rest)) > uint64(len(rest)-4) {
			return keys, false
		}
		size := binary.BigEndian.Uint32(rest)
		single, err := parse(rest[4 : 4+size]) // SingleMessageMetadata
		rest = rest[4+size:]
		if err != nil || single.number(3) > uint64(len(rest)) {
			return keys, false
		}
		rest = rest[single.number(3):]
		if key := single.text(2); key != "" && !seen[key] {
			seen[key] = true
			keys = append(keys, key)
		}
	}
	return keys, true
}
