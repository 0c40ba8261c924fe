package manager

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/meshc/meshc/internal/manager/api"
)

// metrics are what /metrics tells. No label has the name of a mesh or of a caller:
// whoever may look at them need not know these, and their number has no bound.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	passed   prometheus.Histogram
	runs     *prometheus.CounterVec
	took     *prometheus.HistogramVec
	drifts   *prometheus.CounterVec
}

func newMetrics(m *Manager) *metrics {
	x := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "meshc_request_seconds", Help: "Requests by route and status.", Buckets: []float64{.001, .005, .02, .05, .2, 1, 5, 30}}, []string{"route", "status"}),
		passed:   prometheus.NewHistogram(prometheus.HistogramOpts{Name: "meshc_forwarded_seconds", Help: "Requests that were passed on to another member.", Buckets: prometheus.DefBuckets}),
		runs:     prometheus.NewCounterVec(prometheus.CounterOpts{Name: "meshc_runs_total", Help: "Runs that have ended, by action and outcome."}, []string{"action", "outcome"}),
		took:     prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "meshc_run_seconds", Help: "How long runs took.", Buckets: []float64{.1, .5, 2, 10, 60, 300, 1800}}, []string{"action"}),
		drifts:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "meshc_drift_events_total", Help: "Times that a mesh was found to differ from its record, or to fit again."}, []string{"state"}),
	}
	x.registry.MustRegister(x.requests, x.passed, x.runs, x.took, x.drifts)
	gauge := func(name, help string, value func() float64) {
		x.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value))
	}
	gauge("meshc_leading", "1 while this manager leads.", func() float64 { return one(m.opts.Leadership.Leading()) })
	gauge("meshc_ready", "1 while the records are read and a leader is known.", func() float64 { return one(m.Ready()) })
	gauge("meshc_meshes", "Meshes that the records know.", func() float64 { return float64(m.index.size()) })
	gauge("meshc_runs_in_flight", "Runs that are under way here.", func() float64 { return float64(m.ops.count()) })
	gauge("meshc_records_skipped", "What was found in the place of records since the start and is no record, or none that counts; the log tells of each.", m.skipped)
	watching(m, gauge)
	return x
}

// Registry lets others tell of their own metrics beside.
func (m *Manager) Registry() prometheus.Registerer { return m.metrics.registry }

func (x *metrics) handler() http.Handler {
	return promhttp.HandlerFor(x.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 5 * time.Second})
}

// answered books a request; the pattern has its method, so that callers cannot make up new labels.
func (x *metrics) answered(pattern string, status int, took time.Duration) {
	x.requests.WithLabelValues(pattern, strconv.Itoa(status)).Observe(took.Seconds())
}

func (x *metrics) forwarded(took time.Duration) { x.passed.Observe(took.Seconds()) }

func (x *metrics) ran(doc api.Operation) {
	x.runs.WithLabelValues(string(doc.Action), string(doc.Outcome)).Inc()
	x.took.WithLabelValues(string(doc.Action)).Observe(doc.Ended.Sub(doc.Began).Seconds())
}

func (x *metrics) drift(e api.DriftEvent) {
	state := "drifted"
	if len(e.Changes)+len(e.Failing)+len(e.Missing) == 0 && e.Problem == "" {
		state = "fits"
	}
	x.drifts.WithLabelValues(state).Inc()
}

func one(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
