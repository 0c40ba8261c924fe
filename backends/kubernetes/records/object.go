package records

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/record"
)

// The labels of records.
const (
	// recordLabel is ofHead or ofBody.
	recordLabel = "meshc/record"
	ofHead      = "head"
	ofBody      = "body"
	// ofLabel is the mesh's key, bodyLabel the name that the parts of a body have in
	// common, revisionLabel the revision that it was written for.
	ofLabel       = "meshc/of"
	bodyLabel     = "meshc/body"
	revisionLabel = "meshc/revision"
)

// The keys in records.
const (
	// meshKey is the mesh's full name, writeKey tells one write from all others.
	meshKey  = "mesh"
	writeKey = "write"
	// headsKey has the heads as JSON, gzipped, the newest first; bodyKey a part of a body.
	headsKey = "heads"
	bodyKey  = "body"
)

const (
	// mostPart bounds a part of a body: a ConfigMap holds 1 MiB.
	mostPart = 900_000
	// mostHeads and mostHistory bound what is kept of a mesh's heads: by their number,
	// and in bytes.
	mostHeads   = 200
	mostHistory = 400_000
	// mostText bounds what heads may have unpacked.
	mostText = 256 << 20
)

var noName = regexp.MustCompile(`[^a-z0-9]+`)

// key tells a mesh from all others, of other tenants and namespaces of Pulsar too.
func key(id mesh.ID) string {
	sum := sha256.Sum256([]byte(id.String()))
	return hex.EncodeToString(sum[:5])
}

// headName is the name of the ConfigMap with a mesh's heads: as much of the mesh's name
// as names and labels of Kubernetes allow, and its key. It has up to 41 characters.
func headName(id mesh.ID) string {
	const most = 24
	name := strings.Trim(noName.ReplaceAllString(strings.ToLower(id.Name), "-"), "-")
	name = strings.Trim(name[:min(len(name), most)], "-")
	if name == "" {
		return "meshc-" + key(id)
	}
	return "meshc-" + name + "-" + key(id)
}

// bodyBase is what the parts of a body have in common in their names. It fits a label.
func bodyBase(id mesh.ID, revision int64, write string) string {
	return fmt.Sprintf("%s-%d-%s", headName(id), revision, write)
}

func partName(base string, i int) string { return base + "-" + strconv.Itoa(i) }

// bodyPlace reads Head.Body, which is the base and the number of parts.
func bodyPlace(text string) (base string, parts int, ok bool) {
	base, count, ok := strings.Cut(text, "/")
	parts, err := strconv.Atoi(count)
	return base, parts, ok && err == nil && base != "" && parts > 0 && parts <= 1+record.MaxBody/mostPart
}

// configMap makes one with labels and without content.
func configMap(namespace, name string, labels map[string]any) kube.Object {
	o := kube.ConfigMaps.New(namespace, name)
	o.Map("metadata")["labels"] = labels
	return o
}

// binary reads a value of binaryData.
func binary(o kube.Object, key string) ([]byte, error) {
	data, err := base64.StdEncoding.DecodeString(o.Text("binaryData", key))
	if err != nil {
		return nil, fmt.Errorf("the ConfigMap %s/%s: binaryData.%s: %w", o.Namespace(), o.Name(), key, err)
	}
	return data, nil
}

// headsOf reads the heads in an object, the newest first; there is one at least.
func headsOf(o kube.Object) ([]record.Head, error) {
	fail := func(err error) ([]record.Head, error) {
		return nil, fmt.Errorf("the ConfigMap %s/%s is no record of a mesh: %w; kubectl delete it if nothing of it is needed", o.Namespace(), o.Name(), err)
	}
	packed, err := binary(o, headsKey)
	if err != nil {
		return fail(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return fail(err)
	}
	text, err := io.ReadAll(io.LimitReader(r, mostText))
	if err != nil {
		return fail(err)
	}
	var all []json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		return fail(err)
	}
	if len(all) == 0 {
		return fail(fmt.Errorf("it has no heads"))
	}
	out := make([]record.Head, len(all))
	for i, raw := range all {
		if out[i], err = record.DecodeHead(o.Text("data", meshKey), raw); err != nil {
			return fail(err)
		}
	}
	return out, nil
}

// packHeads packs the newest head and those before it, as many as there is room for.
// Where there is none, those of older versions lose what only the newest one needs, the
// packages, then the names of their components; only then the oldest are left out.
func packHeads(newest record.Head, past []record.Head) ([]byte, error) {
	past = slices.Clone(past[:min(len(past), mostHeads-1)])
	for try := 0; ; try++ {
		packed, err := packed(append([]record.Head{newest}, past...))
		if err != nil || len(packed) <= mostHistory || len(past) == 0 {
			return packed, err
		}
		for i := range past {
			h := &past[i]
			lock := h.Action == record.Hold || h.Action == record.Unhold
			switch {
			case h.Version == newest.Version || !h.Readable():
			case try == 0:
				h.Packages = nil
			case try == 1 && !lock: // a lock tells by them whether the mesh was there
				h.Nodes = nil
			}
		}
		if try > 1 {
			past = past[:len(past)/2]
		}
	}
}

func packed(heads []record.Head) ([]byte, error) {
	var all []json.RawMessage
	for _, h := range heads {
		raw, err := record.EncodeHead(h)
		if err != nil {
			return nil, err
		}
		all = append(all, raw)
	}
	text, err := json.Marshal(all)
	if err != nil {
		return nil, err
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write(text) // a buffer takes everything
	_ = w.Close()
	return packed.Bytes(), nil
}

// encoded is a value of binaryData.
func encoded(data []byte) string { return base64.StdEncoding.EncodeToString(data) }
