package tracing

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// Attr is something that a span tells.
type Attr = attribute.KeyValue

// String makes an attribute of a text, which must not hold a secret.
func String(key, value string) Attr { return attribute.String(key, value) }

// Int makes an attribute of a number.
func Int(key string, value int64) Attr { return attribute.Int64(key, value) }

// Span is something that takes time; nil is one that nobody is told of.
type Span struct{ span trace.Span }

// w3c is how the parent is told between processes: traceparent and tracestate.
var w3c = propagation.TraceContext{}

// Begin begins a span below that of ctx. The context that it returns has it.
func (t *Tracing) Begin(ctx context.Context, name string, attrs ...Attr) (context.Context, *Span) {
	return t.begin(ctx, name, trace.SpanKindInternal, attrs)
}

// BeginCall begins the span of a request to another member, and puts it into the
// request's headers, so that the other's spans are below it.
func (t *Tracing) BeginCall(ctx context.Context, name string, header http.Header, attrs ...Attr) *Span {
	ctx, s := t.begin(ctx, name, trace.SpanKindClient, attrs)
	if s != nil {
		w3c.Inject(ctx, propagation.HeaderCarrier(header))
	}
	return s
}

// BeginRequest begins the span of a request, below the one that its traceparent names,
// and gives the request with it. It has no name before Answered: paths are the caller's to make up.
func (t *Tracing) BeginRequest(r *http.Request) (*http.Request, *Span) {
	if t == nil {
		return r, nil
	}
	ctx := w3c.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	method := r.Method
	if !knownMethods[method] {
		method = "_OTHER"
	}
	ctx, s := t.begin(ctx, method, trace.SpanKindServer, []Attr{String("http.request.method", method)})
	return r.WithContext(ctx), s
}

// knownMethods are those of the surface and what comes near; others are _OTHER, as
// OpenTelemetry's conventions for HTTP want it.
var knownMethods = map[string]bool{"GET": true, "HEAD": true, "POST": true, "PUT": true, "DELETE": true, "PATCH": true, "OPTIONS": true}

func (t *Tracing) begin(ctx context.Context, name string, kind trace.SpanKind, attrs []Attr) (context.Context, *Span) {
	if t == nil {
		return ctx, nil
	}
	ctx, span := t.tracer.Start(ctx, name, trace.WithSpanKind(kind), trace.WithAttributes(attrs...))
	return ctx, &Span{span}
}

// Below gives ctx with the span of another context: what goes on after a request has
// been answered belongs to it all the same.
func Below(ctx, of context.Context) context.Context {
	if s := trace.SpanContextFromContext(of); s.IsValid() {
		return trace.ContextWithSpanContext(ctx, s)
	}
	return ctx
}

// Answered ends the span of a request: with the pattern of its route, METHOD PATH, and
// the status of the answer, 0 for none.
func (s *Span) Answered(pattern string, status int) {
	if s == nil {
		return
	}
	if _, route, ok := strings.Cut(pattern, " "); ok {
		s.span.SetName(pattern)
		s.Set(String("http.route", route))
	}
	if status > 0 {
		s.Set(Int("http.response.status_code", int64(status)))
	}
	// What is the caller's mistake is none of the service.
	if status >= 500 {
		s.Fail(strconv.Itoa(status))
	}
	s.End()
}

// Set adds attributes.
func (s *Span) Set(attrs ...Attr) {
	if s != nil {
		s.span.SetAttributes(attrs...)
	}
}

// Event tells of something that happened at one moment.
func (s *Span) Event(name string, attrs ...Attr) {
	if s != nil {
		s.span.AddEvent(name, trace.WithAttributes(attrs...))
	}
}

// Fail marks the span as failed, with a kind of error. Texts of errors are for the
// caller and the log: they may quote what a mesh file or a cluster has said.
func (s *Span) Fail(kind string) {
	if s != nil {
		s.Set(String("error.type", kind))
		s.span.SetStatus(codes.Error, kind)
	}
}

// End ends the span.
func (s *Span) End() {
	if s != nil {
		s.span.End()
	}
}
