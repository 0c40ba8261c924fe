package manager

import "github.com/meshc/meshc/internal/manager/reconcile"

// watching adds what is known of the look-out for drift; all of it is 0 on managers
// that do not lead.
func watching(m *Manager, gauge func(name, help string, value func() float64)) {
	of := func(value func(reconcile.Stats) float64) func() float64 {
		return func() float64 {
			if m.watcher == nil || !m.opts.Leadership.Leading() {
				return 0
			}
			stats, _ := m.watcher.Stats()
			return value(stats)
		}
	}
	gauge("meshc_drifted_meshes", "Meshes that are not as they were deployed, as the leader sees it.", of(func(s reconcile.Stats) float64 { return float64(s.Unclean) }))
	gauge("meshc_watched_meshes", "Meshes that are looked at for drift.", of(func(s reconcile.Stats) float64 { return float64(s.Meshes) }))
	gauge("meshc_looks", "Looks for drift since the start.", of(func(s reconcile.Stats) float64 { return float64(s.Looks) }))
	gauge("meshc_looks_whole", "Those of them that read topics, subscriptions and packages as well.", of(func(s reconcile.Stats) float64 { return float64(s.Wholes) }))
	gauge("meshc_look_age_seconds", "How long ago the mesh was looked at that waits longest.", of(func(s reconcile.Stats) float64 { return s.Round.Seconds() }))
	gauge("meshc_repairs", "Repairs since the start.", of(func(s reconcile.Stats) float64 { return float64(s.Repairs) }))
	gauge("meshc_notices", "1 while the cluster tells of components that are written.", of(func(s reconcile.Stats) float64 { return one(s.Notices) }))
}
