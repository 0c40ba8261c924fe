package native

import (
	"encoding/json"
	"maps"

	"github.com/meshc/meshc/planner/state"
)

// ownerProperty is the property of topics, subscriptions, packages and
// namespaces that names the mesh which made them.
const ownerProperty = "meshc.mesh"

// Properties of a subscription that takes the place of another one. The name of that
// one can come back with another, so it is given an identity, which both carry.
const (
	replacesProperty   = "meshc.replaces"
	replacesIDProperty = "meshc.replaces-id"
	sinceProperty      = "meshc.since"
	idProperty         = "meshc.id"
)

// markerKey is the one key of customRuntimeOptions that is meshc's; all else in
// it is the user's.
const markerKey = "meshc"

// marker is what meshc writes on a component: whose it is, and what reading back
// does not show. Workers keep customRuntimeOptions byte for byte on all kinds.
type marker struct {
	Version int    `json:"v"`
	Mesh    string `json:"mesh"`
	// Package is "sha256:" and the hash of the code.
	Package string     `json:"pkg"`
	Mode    state.Mode `json:"mode"`
	URL     string     `json:"url,omitempty"`
	// Hidden are values that workers do not give back, by field.
	Hidden map[string]any `json:"hidden,omitempty"`
	// Generation counts writes. It also makes each update differ from what is
	// there, since workers refuse some real changes as "no change".
	Generation int `json:"gen"`
	// Spec is the digest of the config as it was written (specOf), to tell what others
	// changed since.
	Spec string `json:"spec,omitempty"`
	// Sensitive are the places of the config whose values the mesh file keeps secret
	// (state.Component.SensitivePaths), so that no plan shows what is there now.
	Sensitive []string `json:"sec,omitempty"`
	// Protect forbids plans to delete or replace the component.
	Protect bool `json:"protect,omitempty"`
}

const markerVersion = 1

const hashPrefix = "sha256:"

// readMarker parts the text into meshc's marker and the user's rest. Text that
// is not a JSON object, or a marker of an unknown version, has no marker.
func readMarker(text string) (*marker, map[string]any) {
	var all map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &all) != nil {
		if text == "" {
			return nil, nil
		}
		return nil, map[string]any{"text": text}
	}
	var m *marker
	if raw, ok := all[markerKey]; ok {
		m = new(marker)
		if json.Unmarshal(raw, m) != nil || m.Version != markerVersion {
			m = nil
		} else {
			delete(all, markerKey)
		}
	}
	rest := map[string]any{}
	for k, raw := range all {
		var v any
		_ = json.Unmarshal(raw, &v)
		rest[k] = v
	}
	return m, rest
}

// specOf is a digest of a component's config. Classes that workers can take from the
// code are left out.
func specOf(c *state.Component) string {
	fields := maps.Clone(c.Fields)
	if c.Kind != state.KindFunction || c.Code.Mode == state.Builtin {
		delete(fields, "className")
	}
	delete(fields, "transformFunctionClassName")
	return state.FieldsDigest(fields)
}

// writeMarker gives the text for customRuntimeOptions: the user's keys and the marker.
func writeMarker(f *state.Component) string {
	m := marker{
		Version: markerVersion, Mesh: f.Owner, Package: hashPrefix + f.Code.SHA256,
		Mode: f.Code.Mode, URL: f.Code.URL, Hidden: hidden(f), Generation: max(1, f.Generation),
		Spec: specOf(f), Sensitive: f.SensitivePaths(), Protect: f.Protect,
	}
	all := map[string]any{markerKey: m}
	if own, ok := f.Fields[optionsField].(map[string]any); ok {
		maps.Copy(all, own)
		all[markerKey] = m
	}
	// Texts, numbers and maps of JSON values always encode.
	text, _ := json.Marshal(all)
	return string(text)
}
