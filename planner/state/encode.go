package state

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// encoded is a resource with its address as encoding/json writes them, by a shorter
// way for the config of components: plans digest all that is there, and reflection
// takes five times as long. What cannot be encoded gives nothing.
func encoded(a Addr, r Resource) []byte {
	c, ok := r.(*Component)
	if !ok || c == nil {
		data, _ := json.Marshal([]any{a, r})
		return data
	}
	fields, ok := appendJSON(nil, c.Fields)
	bare := *c
	bare.Fields = nil
	data, err := json.Marshal([]any{a, &bare})
	if !ok || err != nil {
		return nil
	}
	// No text has this in it: quotation marks in texts have a backslash.
	before, after, _ := bytes.Cut(data, []byte(`"fields":null`))
	return slices.Concat(before, []byte(`"fields":`), fields, after)
}

// appendJSON appends a config value as encoding/json writes it, keys in their order;
// false is for one that it refuses.
func appendJSON(to []byte, v any) ([]byte, bool) {
	switch v := v.(type) {
	case nil:
		return append(to, "null"...), true
	case bool:
		return strconv.AppendBool(to, v), true
	case string:
		if plainText(v) {
			return append(append(append(to, '"'), v...), '"'), true
		}
	case float64:
		if whole := int64(v); float64(whole) == v && whole > -1e15 && whole < 1e15 && whole != 0 { // 0 may be -0
			return strconv.AppendInt(to, whole, 10), true
		}
	case map[string]any:
		if v == nil {
			break
		}
		to = append(to, '{')
		for i, key := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				to = append(to, ',')
			}
			to, _ = appendJSON(to, key)
			to = append(to, ':')
			var ok bool
			if to, ok = appendJSON(to, v[key]); !ok {
				return to, false
			}
		}
		return append(to, '}'), true
	case []any:
		if v == nil {
			break
		}
		to = append(to, '[')
		for i, e := range v {
			if i > 0 {
				to = append(to, ',')
			}
			var ok bool
			if to, ok = appendJSON(to, e); !ok {
				return to, false
			}
		}
		return append(to, ']'), true
	}
	data, err := json.Marshal(v)
	return append(to, data...), err == nil
}

// plainText tells of a text that JSON has as it is.
func plainText(text string) bool {
	for _, c := range []byte(text) {
		if c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			return false
		}
	}
	return true
}
