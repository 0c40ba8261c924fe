package admin

import (
	"context"
	"encoding/json"
)

// Status is what a component's instances do.
type Status struct {
	// NumInstances is 0 while nothing is assigned to a worker yet.
	NumInstances int        `json:"numInstances"`
	NumRunning   int        `json:"numRunning"`
	Instances    []Instance `json:"instances"`
}

// Instance is one instance of a component.
type Instance struct {
	ID     int            `json:"instanceId"`
	Status InstanceStatus `json:"status"`
}

// InstanceStatus holds the counters of one instance since its start. The three
// kinds name them differently; here they have one name each.
type InstanceStatus struct {
	Running bool
	// Error is why it does not run, else "".
	Error       string
	NumRestarts int64
	// NumReceived counts messages taken in: from topics, or for a source from outside.
	NumReceived int64
	// NumProcessed counts messages done: by a function, or written by a source or sink.
	NumProcessed           int64
	NumUserExceptions      int64
	LatestUserExceptions   []Exception
	NumSystemExceptions    int64
	LatestSystemExceptions []Exception
	// NumConnectorExceptions are those of the source or sink itself.
	NumConnectorExceptions    int64
	LatestConnectorExceptions []Exception
	// AverageLatency is in milliseconds, of functions only.
	AverageLatency float64
	// LastInvocation is milliseconds since 1970, 0 for never.
	LastInvocation int64
	WorkerID       string
}

// Unstarted tells of an instance whose worker could not fetch the code, since the
// package service was not there yet, and does not try again: FunctionActioner keeps
// the exception as the instance's error. It is so after each restart of a broker
// that has the worker inside and packages on, which starts the worker first
// (apache/pulsar#16502); seen with 4.0.8 and 4.2.4. What ends by itself is started
// again by the worker, and counted.
func (s InstanceStatus) Unstarted() bool {
	return !s.Running && s.NumRestarts == 0 && (s.Error == "HTTP 503 Service Unavailable" || s.Error == packagesOff)
}

// Exception is one of the last exceptions of an instance.
type Exception struct {
	Text string `json:"exceptionString"`
	// Time is milliseconds since 1970.
	Time int64 `json:"timestampMs"`
}

// UnmarshalJSON reads the names of all three kinds.
func (s *InstanceStatus) UnmarshalJSON(text []byte) error {
	var in struct {
		Running     bool
		Error       string
		NumRestarts int64
		WorkerID    string `json:"workerId"`

		NumReceived, NumReceivedFromSource, NumReadFromPulsar  int64
		NumSuccessfullyProcessed, NumWritten, NumWrittenToSink int64
		NumUserExceptions, NumSystemExceptions                 int64
		NumSourceExceptions, NumSinkExceptions                 int64
		LatestUserExceptions, LatestSystemExceptions           []Exception
		LatestSourceExceptions, LatestSinkExceptions           []Exception
		AverageLatency                                         float64
		LastInvocationTime, LastReceivedTime                   int64
	}
	if err := json.Unmarshal(text, &in); err != nil {
		return err
	}
	*s = InstanceStatus{
		Running: in.Running, Error: clean(in.Error), NumRestarts: in.NumRestarts, WorkerID: in.WorkerID,
		NumReceived:               in.NumReceived + in.NumReceivedFromSource + in.NumReadFromPulsar,
		NumProcessed:              in.NumSuccessfullyProcessed + in.NumWritten + in.NumWrittenToSink,
		NumUserExceptions:         in.NumUserExceptions,
		LatestUserExceptions:      in.LatestUserExceptions,
		NumSystemExceptions:       in.NumSystemExceptions,
		LatestSystemExceptions:    in.LatestSystemExceptions,
		NumConnectorExceptions:    in.NumSourceExceptions + in.NumSinkExceptions,
		LatestConnectorExceptions: append(in.LatestSourceExceptions, in.LatestSinkExceptions...),
		AverageLatency:            in.AverageLatency,
		LastInvocation:            max(in.LastInvocationTime, in.LastReceivedTime),
	}
	return nil
}

// Status returns what the instances of a component do.
// GET /admin/v3/{kind}/{tenant}/{namespace}/{name}/status.
func (c *Client) Status(ctx context.Context, kind Kind, tenant, namespace, name string) (Status, error) {
	var s Status
	return s, c.read(ctx, get(kind.path(tenant, namespace, name, "status")...).needing(kind.needs(tenant, namespace)), &s)
}
