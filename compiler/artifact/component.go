package artifact

// ConnectorFacts is what a worker will find out about the class of a source or sink.
type ConnectorFacts struct {
	ClassFacts
	// Is tells whether the class is a source or a sink, whichever was asked for.
	Is Answer
	// Batch tells that a source is a BatchSource, which needs a `batchSourceConfig`.
	// Workers ask for that also where the class is a Source as well.
	Batch Answer
	// Type is what the source gives or the sink takes.
	Type Type
	// Trouble says why workers refuse the class though it is of the kind, Misread why
	// they take Type for its type though it has another; see [FunctionFacts].
	Trouble, Misread string
}

// Source gives the facts of a source's class (SourceConfigUtils.validateAndExtractDetails
// and FunctionCommon.getSourceType). The error says in one sentence why a class
// file cannot be read.
func (a *Archive) Source(class string) (ConnectorFacts, error) {
	return a.component(class, SourceInterface, BatchSourceInterface)
}

// Sink gives the facts of a sink's class (SinkConfigUtils.validateAndExtractDetails
// and FunctionCommon.getSinkType), as [Archive.Source] does.
func (a *Archive) Sink(class string) (ConnectorFacts, error) {
	return a.component(class, SinkInterface, "")
}

// component asks for an interface, and where the class does not have it for another.
func (a *Archive) component(class, target, batch string) (ConnectorFacts, error) {
	f := ConnectorFacts{Batch: No}
	var err error
	if f.ClassFacts, err = a.Class(class); err != nil || f.Exists == No {
		return f, err
	}
	w := &walk{a: a}
	self, ok := w.self(class)
	if !ok {
		if f.Batch = Unknown; batch == "" {
			f.Batch = No
		}
		return f, w.err
	}
	as, is := w.as(self, target)
	f.Is = is
	if batch != "" {
		other, batchIs := w.as(self, batch)
		if f.Batch = batchIs; is != Yes {
			if f.Is = batchIs; is == Unknown && batchIs == Yes {
				// Of which of the two the type is read is open.
				return f, w.err
			}
			as = other
		}
	}
	if f.Is != Yes {
		return f, w.err
	}
	read, misread := w.read(self, as)
	switch {
	case len(as.Args) == 0:
		f.Trouble = "implements " + short(as.Name) + " without a type, so that workers cannot tell it"
	case misread != "" && len(read.Args) == 0:
		f.Trouble = misread
	default:
		f.Type, f.Misread = read.Args[0], misread
	}
	return f, nil
}
