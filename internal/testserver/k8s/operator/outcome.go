package operator

import "time"

// Outcome is how the pods of a component fare.
type Outcome struct {
	// Ready pods run and take traffic.
	Ready bool
	// Unscheduled pods have no node, and Message says why.
	Unscheduled bool
	// Waiting is why the container does not run, such as CrashLoopBackOff or
	// ErrImagePull; empty for one that runs. Message says more.
	Waiting, Message string
	// Terminated is how the container ended last, such as Error or OOMKilled, with
	// ExitCode; empty where it has not.
	Terminated string
	ExitCode   int
	// Restarts is how often the container was started again.
	Restarts int
}

// Ready is the outcome of pods of which the test says nothing.
func Ready() Outcome { return Outcome{Ready: true} }

// NeverReady is the outcome of pods that run and are not ready.
func NeverReady() Outcome { return Outcome{} }

// CrashLoop is the outcome of pods whose container ends again and again, for a reason
// such as Error or OOMKilled.
func CrashLoop(reason string, exitCode, restarts int) Outcome {
	return Outcome{
		Waiting: "CrashLoopBackOff", Message: "back-off restarting failed container",
		Terminated: reason, ExitCode: exitCode, Restarts: restarts,
	}
}

// status returns the pod's status that tells of the outcome.
func (out Outcome) status(p object, at time.Time) object {
	now := at.UTC().Format(time.RFC3339)
	truth := func(is bool) string {
		if is {
			return "True"
		}
		return "False"
	}
	cond := func(name string, is bool) object {
		return object{"type": name, "status": truth(is), "lastTransitionTime": now}
	}
	if out.Unscheduled {
		c := cond("PodScheduled", false)
		c["reason"], c["message"] = "Unschedulable", orElse(out.Message, "0/0 nodes are available")
		return object{"phase": "Pending", "conditions": []any{c}}
	}
	container := p.list("spec", "containers")[0]
	status := object{
		"name": container.text("name"), "image": container.text("image"), "imageID": "",
		"ready": out.Ready, "started": out.Waiting == "", "restartCount": out.Restarts,
		"state": object{"running": object{"startedAt": now}},
	}
	phase := "Running"
	if out.Waiting != "" {
		status["state"] = object{"waiting": object{"reason": out.Waiting, "message": out.Message}}
		if out.Terminated == "" {
			phase = "Pending" // has never run
		}
	}
	if out.Terminated != "" {
		status["lastState"] = object{"terminated": object{"reason": out.Terminated, "exitCode": out.ExitCode, "startedAt": now, "finishedAt": now}}
	}
	return object{
		"phase": phase, "startTime": now, "containerStatuses": []any{status},
		"conditions": []any{cond("PodScheduled", true), cond("Initialized", true), cond("ContainersReady", out.Ready), cond("Ready", out.Ready)},
	}
}
