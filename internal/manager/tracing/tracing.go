package tracing

import (
	"context"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// scope names what makes the spans.
const scope = "github.com/meshc/meshc/internal/manager"

// flushTime bounds how long Close sends what is left.
const flushTime = 5 * time.Second

// Options say what traces tell of their maker.
type Options struct {
	// Getenv reads OTEL_* variables about where traces go. Those about sampling, limits,
	// batches and the resource are read by the SDK, from the process.
	Getenv func(string) string
	// Version is that of the program; Instance tells this process from others.
	Version, Instance string
	Log               *slog.Logger
}

// Tracing makes spans and sends them. It is safe for concurrent use; nil makes none.
type Tracing struct {
	tracer   trace.Tracer
	provider *sdk.TracerProvider
	exporter *exporter
	log      *slog.Logger
}

// Start begins to trace, if OTEL_EXPORTER_OTLP_ENDPOINT or
// OTEL_EXPORTER_OTLP_TRACES_ENDPOINT says where to, and OTEL_SDK_DISABLED does not say
// no; else it returns nil, and nothing runs. Errors name the variable that is wrong.
func Start(o Options) (*Tracing, error) {
	s, err := readSettings(o.Getenv)
	if s == nil || err != nil {
		return nil, err
	}
	log := &sparingly{log: o.Log}
	otel.SetErrorHandler(log)
	// What cannot be read of OTEL_RESOURCE_ATTRIBUTES is told, the rest counts.
	about, err := resource.New(context.Background(),
		resource.WithTelemetrySDK(),
		resource.WithAttributes(attribute.String("service.name", "meshc-manager"), attribute.String("service.version", o.Version), attribute.String("service.instance.id", o.Instance)),
		resource.WithFromEnv())
	if err != nil {
		log.Handle(err)
	}
	t := &Tracing{log: o.Log, exporter: newExporter(*s, "meshc/"+o.Version, log)}
	t.provider = sdk.NewTracerProvider(sdk.WithBatcher(t.exporter), sdk.WithResource(about))
	t.tracer = t.provider.Tracer(scope, trace.WithInstrumentationVersion(o.Version))
	return t, nil
}

// Close sends what is left, for at most five seconds or until ctx ends, and ends all
// that runs. It is called once.
func (t *Tracing) Close(ctx context.Context) {
	if t == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, flushTime)
	defer cancel()
	close(t.exporter.ending)
	if err := t.provider.Shutdown(ctx); err != nil {
		t.log.Warn("the time to send the last traces is over", "err", err)
	}
	t.exporter.abort()
	t.exporter.client.CloseIdleConnections()
}

// Receiver is the host that traces are sent to, "" for none.
func (t *Tracing) Receiver() string {
	if t == nil {
		return ""
	}
	return t.exporter.endpoint.Host
}
