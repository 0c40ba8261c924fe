package sarif

// The parts of the format that meshc uses, under the format's own names.
type (
	log struct {
		Schema  string `json:"$schema"`
		Version string `json:"version"`
		Runs    []run  `json:"runs"`
	}
	run struct {
		Tool       tool     `json:"tool"`
		ColumnKind string   `json:"columnKind"`
		Results    []result `json:"results"`
	}
	tool struct {
		Driver component `json:"driver"`
	}
	component struct {
		Name           string `json:"name"`
		Version        string `json:"version,omitempty"`
		InformationURI string `json:"informationUri"`
		Rules          []rule `json:"rules"`
	}
	rule struct {
		ID      string        `json:"id"`
		Short   text          `json:"shortDescription"`
		Full    text          `json:"fullDescription"`
		HelpURI string        `json:"helpUri"`
		Default configuration `json:"defaultConfiguration"`
	}
	configuration struct {
		Level string `json:"level"`
	}
	text struct {
		Text string `json:"text"`
	}
	result struct {
		RuleID    string     `json:"ruleId"`
		RuleIndex *int       `json:"ruleIndex,omitempty"`
		Level     string     `json:"level"`
		Message   text       `json:"message"`
		Locations []location `json:"locations,omitempty"`
		Related   []location `json:"relatedLocations,omitempty"`
		Fixes     []fix      `json:"fixes,omitempty"`
	}
	fix struct {
		Description text     `json:"description"`
		Changes     []change `json:"artifactChanges"`
	}
	change struct {
		Artifact     artifact      `json:"artifactLocation"`
		Replacements []replacement `json:"replacements"`
	}
	replacement struct {
		Deleted  region `json:"deletedRegion"`
		Inserted text   `json:"insertedContent"`
	}
	location struct {
		ID       *int     `json:"id,omitempty"`
		Physical physical `json:"physicalLocation"`
		Message  *text    `json:"message,omitempty"`
	}
	physical struct {
		Artifact artifact `json:"artifactLocation"`
		Region   *region  `json:"region,omitempty"`
	}
	artifact struct {
		URI  string `json:"uri"`
		Base string `json:"uriBaseId,omitempty"`
	}
	region struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"`
	}
)
