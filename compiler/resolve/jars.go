package resolve

import "github.com/meshc/meshc/compiler/artifact"

// maxOpen is how many jars are open at a time. Functions of one jar tend to
// stand together, so that one forgotten is seldom asked for again.
const maxOpen = 32

// jars opens each jar once for all functions that are in it.
type jars struct {
	open map[string]*jar
}

type jar struct {
	archive *artifact.Archive
	err     error
	// functions are listed once, for the first function that is not there.
	listed    bool
	functions []string
}

func (j *jars) at(path string) *jar {
	if found := j.open[path]; found != nil {
		return found
	}
	if len(j.open) >= maxOpen {
		j.close()
	}
	if j.open == nil {
		j.open = map[string]*jar{}
	}
	a, err := artifact.Open(path)
	j.open[path] = &jar{archive: a, err: err}
	return j.open[path]
}

func (j *jars) close() {
	for _, o := range j.open {
		if o.archive != nil {
			_ = o.archive.Close() // it was only read
		}
	}
	j.open = nil
}

// list gives the classes of the jar that are functions.
func (j *jar) list() []string {
	if !j.listed {
		j.listed, j.functions = true, j.archive.Functions()
	}
	return j.functions
}
