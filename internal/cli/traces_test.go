package cli

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

// TestTracesAreNoMust: a manager starts without traces where what is said about them
// makes no sense, and the log says why without the value.
func TestTracesAreNoMust(t *testing.T) {
	var log bytes.Buffer
	f := NewFactory(nil, nil, nil, nil, func(key string) string {
		return map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_HEADERS": "hush"}[key]
	})
	if tr := f.traces("m", slog.New(slog.NewTextHandler(&log, nil))); tr != nil || tr.Receiver() != "" {
		t.Error("it traces")
	}
	if !strings.Contains(log.String(), "OTEL_EXPORTER_OTLP_HEADERS") || strings.Contains(log.String(), "hush") {
		t.Errorf("log: %s", log.String())
	}
}
