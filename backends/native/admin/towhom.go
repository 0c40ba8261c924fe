package admin

// toWorker tells whether function workers answer the call, which may be processes
// of their own (conn.Settings.WorkerURL). Packages belong to the brokers, although
// components are made of them.
func (k call) toWorker() bool {
	if len(k.path) < 3 || k.path[0] != "admin" {
		return false
	}
	switch k.path[2] {
	case "functions", "sources", "sinks":
		return k.path[1] == "v3"
	case "worker", "worker-stats":
		return k.path[1] == "v2"
	}
	return false
}
