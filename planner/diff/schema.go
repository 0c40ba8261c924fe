package diff

import (
	"fmt"
	"maps"
	"slices"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/planner/state"
)

// absentSchema plans a schema where the topic has none. On a topic of someone
// else nothing is registered, and a reader with a schema of its own would be
// refused as soon as the topic has clients or messages
// (PersistentTopic.addSchemaIfIdleOrCheckCompatible).
func (d *differ) absentSchema(want *state.Schema) {
	place := d.want.Places[want.Addr()]
	if refusal := d.live.Facts[want.Addr()].Refusal; refusal != "" && want.From == "" {
		d.findings.Add(diag.SchemaRefused, spanOf(place, "file"),
			fmt.Sprintf("the broker does not take the definition of the schema %s of topic %s: %s", want.Type, want.Topic, refusal),
			"mend the definition; JSON and AVRO take an Avro schema")
		return
	}
	if !want.External {
		d.add(Change{Addr: want.Addr(), Action: Create, After: want, Why: Absent, Span: place.Span})
		return
	}
	if want.Reader == "" || !d.live.Facts[state.TopicAddr(want.Topic)].Active {
		return
	}
	d.findings.Add(diag.SchemaMissing, place.Span,
		fmt.Sprintf("topic %s is someone else's, has clients or messages, and has no schema; %s reads it with the schema %s, and brokers refuse the first reader with a schema there", want.Topic, want.Reader, want.Type),
		fmt.Sprintf("let the topic's owner register the schema (pulsar-admin schemas upload %s), or let %s read bytes", want.Topic, want.Reader))
}

// compareSchema plans a schema where the topic has one. What the cluster says to
// it was asked before (Facts.Refusal).
func (d *differ) compareSchema(live, want *state.Schema) {
	place := d.want.Places[want.Addr()]
	if want.TypeOnly() {
		d.compareType(live, want, place)
		return
	}
	if live.Has(want) {
		if want.From == "" && len(want.Properties) > 0 && !maps.Equal(live.Properties, want.Properties) && live.Digest() == want.Digest() {
			d.findings.Add(diag.WriteOnce, spanOf(place, "properties"),
				"properties of the schema of "+want.Topic+" are stored with a new version of the schema only; those of the version that is there stay")
		}
		d.noop(want.Addr(), live, Same)
		return
	}
	if d.refusedSchema(live, want, place) {
		return
	}
	if want.From != "" || want.External {
		// It goes with what is there, and is not for the mesh to register.
		d.noop(want.Addr(), live, Same)
		return
	}
	after := *want
	after.Versions = append(slices.Clone(live.Versions), want.Digest())
	c := Change{Addr: want.Addr(), Action: Update, Before: live, After: &after, Why: Differs, Span: place.Span}
	if live.Type != want.Type {
		c.Fields = append(c.Fields, FieldChange{Field: "type", Before: live.Type, After: want.Type, Span: spanOf(place, "type")})
	}
	if live.Definition != want.Definition {
		c.Fields = append(c.Fields, FieldChange{Field: "definition", Before: shortDefinition(live), After: shortDefinition(want), Span: spanOf(place, "file")})
	}
	d.add(c)
}

// compareType compares with the schema of someone else's topic of which the mesh
// file gives the type alone.
func (d *differ) compareType(live, want *state.Schema, place state.Place) {
	if live.Type != want.Type {
		d.findings.Add(diag.SchemaRefused, place.Span,
			fmt.Sprintf("topic %s is someone else's and has the schema %s in the cluster, not %s as the mesh file says", want.Topic, live.Type, want.Type),
			"declare what is there, and see that the nodes at the topic go with it")
		return
	}
	d.noop(want.Addr(), live, Same)
}

// refusedSchema reports a schema that the topic's own would not let in.
func (d *differ) refusedSchema(live, want *state.Schema, place state.Place) bool {
	refusal := d.live.Facts[want.Addr()].Refusal
	if refusal == "" {
		return false
	}
	what := "the mesh file gives the topic the schema " + want.Type
	way := "give the topic another name, or make the change in steps that the namespace's compatibility strategy allows"
	if want.From != "" {
		what = want.From + " uses it with the schema " + want.Type
		way = "let " + want.From + " use the topic's schema, or use another topic"
	}
	f := d.findings.Add(diag.SchemaRefused, place.Span,
		fmt.Sprintf("topic %s has the schema %s in the cluster, and %s: %s", want.Topic, live.Type, what, refusal), way)
	if want.Adapts && workable[live.Type] {
		// The node takes over the schema that is there, and may find its type in it.
		f.Severity = diag.Warning
	}
	return true
}

// workable are the schema types that function workers can use for a class
// (TopicSchema.newSchemaInstance); they stop over all others.
var workable = map[string]bool{
	"BYTES": true, "STRING": true, "JSON": true, "AVRO": true, "PROTOBUF": true, "PROTOBUF_NATIVE": true, "KEY_VALUE": true,
}

func spanOf(place state.Place, field string) diag.Span {
	if span, ok := place.Fields[field]; ok {
		return span
	}
	return place.Span
}

func shortDefinition(s *state.Schema) any {
	if s.Definition == "" {
		return nil
	}
	return shortHash(s.Digest())
}
