package syntax

import "bytes"

// budget bounds the bytes parsed in one file to find and mend its faults.
const budget = 4 << 20

// search finds lines that cannot be part of a document. The library names the
// wrong line as often as not; the culprit is the line after the longest prefix
// of the file that parses.
type search struct {
	data  []byte
	ends  []int // ends[i] is where line i ends, its line break included
	spent int
}

func newSearch(data []byte) *search {
	s := &search{data: data}
	for i, b := range data {
		if b == '\n' {
			s.ends = append(s.ends, i+1)
		}
	}
	if len(data) > 0 && data[len(data)-1] != '\n' {
		s.ends = append(s.ends, len(data))
	}
	return s
}

// parses tells whether the first n lines are YAML.
func (s *search) parses(n int) bool {
	if n <= 0 {
		return true
	}
	prefix := s.data[:s.ends[n-1]]
	s.spent += len(prefix)
	_, _, err := decode(prefix)
	return err == nil
}

// culprit returns the culprit's line from 0, for a file that does not parse and
// of which the library had read so many bytes. When the budget is spent it is
// the best guess: the first line known to be too many.
func (s *search) culprit(read int) int {
	// What the library had not read yet cannot matter.
	bad := bytes.Count(s.data[:read], []byte("\n"))
	if read > 0 && s.data[read-1] != '\n' {
		bad++
	}
	bad = min(bad, len(s.ends))
	if bad == 0 {
		return 0
	}
	// Close by in most cases, so step back slowly and then faster.
	good, step := bad-1, 1
	for tries := 0; good > 0 && !s.parses(good); tries++ {
		if bad = good; s.spent > budget {
			return bad - 1
		}
		if tries > 64 || s.spent > budget/2 {
			step *= 2
		}
		good = max(good-step, 0)
	}
	for good+1 < bad && s.spent < budget {
		mid := bad - 1
		if bad-good > 64 {
			mid = (good + bad) / 2
		}
		if s.parses(mid) {
			good = mid
		} else {
			bad = mid
		}
	}
	return good
}
