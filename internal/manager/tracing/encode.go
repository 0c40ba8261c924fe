package tracing

import (
	"encoding/hex"
	"encoding/json"
	"math"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// The messages of opentelemetry/proto/trace/v1 and common/v1 in OTLP's own JSON form:
// IDs in hex, enumerations as numbers, 64-bit integers as text
// (opentelemetry.io/docs/specs/otlp, "JSON Protobuf Encoding").
type (
	otlpRequest struct {
		ResourceSpans []otlpResource `json:"resourceSpans"`
	}
	otlpResource struct {
		Resource   otlpAttributes `json:"resource"`
		ScopeSpans []otlpScope    `json:"scopeSpans"`
	}
	otlpAttributes struct {
		Attributes []otlpAttribute `json:"attributes,omitempty"`
	}
	otlpScope struct {
		Scope otlpName   `json:"scope"`
		Spans []otlpSpan `json:"spans"`
	}
	otlpName struct {
		Name    string `json:"name"`
		Version string `json:"version,omitempty"`
	}
	otlpSpan struct {
		TraceID      string          `json:"traceId"`
		SpanID       string          `json:"spanId"`
		TraceState   string          `json:"traceState,omitempty"`
		ParentSpanID string          `json:"parentSpanId,omitempty"`
		Flags        uint32          `json:"flags"`
		Name         string          `json:"name"`
		Kind         int             `json:"kind"`
		Start        string          `json:"startTimeUnixNano"`
		End          string          `json:"endTimeUnixNano"`
		Attributes   []otlpAttribute `json:"attributes,omitempty"`
		Dropped      int             `json:"droppedAttributesCount,omitempty"`
		Events       []otlpEvent     `json:"events,omitempty"`
		DroppedEvent int             `json:"droppedEventsCount,omitempty"`
		Status       otlpStatus      `json:"status"`
	}
	otlpEvent struct {
		Time       string          `json:"timeUnixNano"`
		Name       string          `json:"name"`
		Attributes []otlpAttribute `json:"attributes,omitempty"`
	}
	otlpStatus struct {
		Message string `json:"message,omitempty"`
		Code    int    `json:"code,omitempty"`
	}
	otlpAttribute struct {
		Key   string         `json:"key"`
		Value map[string]any `json:"value"`
	}
)

// encode gives the body of a request for spans of one resource and scope: there is one
// provider with one tracer.
func encode(spans []sdk.ReadOnlySpan) ([]byte, error) {
	first := spans[0]
	scope := otlpScope{Scope: otlpName{first.InstrumentationScope().Name, first.InstrumentationScope().Version}}
	for _, s := range spans {
		scope.Spans = append(scope.Spans, spanOf(s))
	}
	return json.Marshal(otlpRequest{[]otlpResource{{Resource: otlpAttributes{attributesOf(first.Resource().Attributes())}, ScopeSpans: []otlpScope{scope}}}})
}

// The flags beside those of the trace: whether it is known, and true, that the parent is
// in another process (SpanFlags of trace.proto).
const (
	knowsRemote = 1 << 8
	isRemote    = 1 << 9
)

func spanOf(s sdk.ReadOnlySpan) otlpSpan {
	at, parent := s.SpanContext(), s.Parent()
	id, span := at.TraceID(), at.SpanID()
	out := otlpSpan{
		TraceID: hex.EncodeToString(id[:]), SpanID: hex.EncodeToString(span[:]), TraceState: at.TraceState().String(),
		Flags: uint32(at.TraceFlags()) | knowsRemote, Name: s.Name(), Kind: kindOf(s.SpanKind()),
		Start: nanos(s.StartTime()), End: nanos(s.EndTime()),
		Attributes: attributesOf(s.Attributes()), Dropped: s.DroppedAttributes(), DroppedEvent: s.DroppedEvents(),
	}
	if parent.HasSpanID() {
		id := parent.SpanID()
		out.ParentSpanID = hex.EncodeToString(id[:])
	}
	if parent.IsRemote() {
		out.Flags |= isRemote
	}
	for _, e := range s.Events() {
		out.Events = append(out.Events, otlpEvent{nanos(e.Time), e.Name, attributesOf(e.Attributes)})
	}
	switch st := s.Status(); st.Code {
	case codes.Ok:
		out.Status.Code = 1
	case codes.Error:
		out.Status = otlpStatus{st.Description, 2}
	}
	return out
}

// kindOf gives SpanKind's number.
func kindOf(k trace.SpanKind) int {
	switch k {
	case trace.SpanKindServer:
		return 2
	case trace.SpanKindClient:
		return 3
	}
	return 1
}

func nanos(t time.Time) string { return strconv.FormatInt(t.UnixNano(), 10) }

func attributesOf(list []attribute.KeyValue) []otlpAttribute {
	out := make([]otlpAttribute, len(list))
	for i, a := range list {
		out[i] = otlpAttribute{string(a.Key), valueOf(a.Value)}
	}
	return out
}

// valueOf gives AnyValue. Lists, which no span of ours has, become text.
func valueOf(v attribute.Value) map[string]any {
	switch v.Type() {
	case attribute.BOOL:
		return map[string]any{"boolValue": v.AsBool()}
	case attribute.INT64:
		return map[string]any{"intValue": strconv.FormatInt(v.AsInt64(), 10)}
	case attribute.FLOAT64:
		if f := v.AsFloat64(); !math.IsNaN(f) && !math.IsInf(f, 0) {
			return map[string]any{"doubleValue": f}
		}
	case attribute.STRING:
		return map[string]any{"stringValue": v.AsString()}
	}
	return map[string]any{"stringValue": v.String()}
}
