package artifact

import (
	"errors"

	"github.com/meshc/meshc/compiler/syntax"
)

// serviceFile names the connector or the function of a NAR, as
// NarClassLoader.getServiceDefinition looks for it.
const serviceFile = "META-INF/services/pulsar-io.yaml"

// Connector is what pulsar-io.yaml says (ConnectorDefinition, and for a function
// FunctionDefinition). Text that came out of the file is as it stands there.
type Connector struct {
	Name, Description string
	SourceClass       string
	SinkClass         string
	SourceConfigClass string
	SinkConfigClass   string
	FunctionClass     string
}

// ErrNoConnector tells that the archive has no pulsar-io.yaml.
var ErrNoConnector = errors.New("it has no " + serviceFile)

// Connector reads pulsar-io.yaml: a YAML mapping of scalars. Keys that it does not
// know are passed over, as workers do. The error says in one sentence what is
// wrong with the file.
func (a *Archive) Connector() (Connector, error) {
	if a.service == nil {
		if err := a.ensure(); err != nil {
			return Connector{}, err
		}
		read := &service{}
		if f := a.entries[serviceFile]; f != nil {
			data, err := a.read(f, maxService)
			if err != nil {
				return Connector{}, err
			}
			read = &service{Has: true, Data: data}
		}
		a.service = read
	}
	if !a.service.Has {
		return Connector{}, ErrNoConnector
	}
	return parseConnector(a.service.Data)
}

func parseConnector(data []byte) (Connector, error) {
	var c Connector
	docs, list := syntax.Parse(serviceFile, trimMark(data))
	if list.HasErrors() || len(docs) == 0 || docs[0].Root == nil || docs[0].Root.Kind != syntax.Mapping {
		return c, errors.New("its " + serviceFile + " is no YAML mapping")
	}
	root := docs[0].Root
	for key, to := range map[string]*string{
		"name": &c.Name, "description": &c.Description, "sourceClass": &c.SourceClass, "sinkClass": &c.SinkClass,
		"sourceConfigClass": &c.SourceConfigClass, "sinkConfigClass": &c.SinkConfigClass, "functionClass": &c.FunctionClass,
	} {
		switch v := root.Get(key); {
		case v == nil || v.IsNull():
		case v.Kind != syntax.Scalar:
			return Connector{}, errors.New("its " + serviceFile + " has a `" + key + "` that is no text")
		default:
			*to = v.Value
		}
	}
	return c, nil
}

// trimMark takes a byte order mark off.
func trimMark(data []byte) []byte {
	if len(data) > 2 && data[0] == 0xEF && data[1] == 0xBB && data[2] == 0xBF {
		return data[3:]
	}
	return data
}
