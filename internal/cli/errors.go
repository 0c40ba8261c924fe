package cli

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"

	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/apply"
	"github.com/meshc/meshc/planner/backend"
)

// The exit codes of meshc. They are a promise to scripts.
const (
	exitOK        = 0
	exitFailure   = 1
	exitChanges   = 2
	exitFindings  = 3
	exitRisk      = 4
	exitStale     = 5
	exitUsage     = 64
	exitBug       = 70
	exitInterrupt = 130
	exitTerminate = 143
)

// UsageError is a command line that cannot be carried out.
type UsageError struct {
	Message string
	// Remedy says what to type instead.
	Remedy string
}

// Error implements error.
func (e *UsageError) Error() string { return e.Message }

func usage(remedy, format string, args ...any) error {
	return &UsageError{Message: fmt.Sprintf(format, args...), Remedy: remedy}
}

// SignalError ends a command because of a signal.
type SignalError struct{ Signal os.Signal }

// Error implements error.
func (e *SignalError) Error() string {
	if e.Signal == syscall.SIGTERM {
		return "terminated"
	}
	return "interrupted"
}

// RefusedError refuses a plan whose risks were not allowed, before anything is asked.
type RefusedError struct {
	Message string
	Remedy  string
}

// Error implements error.
func (e *RefusedError) Error() string { return e.Message }

// RemedyError is a failure with what to do about it.
type RemedyError struct {
	Err    error
	Remedy string
}

// Error implements error.
func (e *RemedyError) Error() string { return e.Err.Error() }

// Unwrap gives the failure.
func (e *RemedyError) Unwrap() error { return e.Err }

// These have been told already, or tell themselves by the exit code.
var (
	errFindings = errors.New("the findings have an error")
	errChanges  = errors.New("the plan has changes")
)

// bugError is a panic of the program.
type bugError struct {
	value any
	stack []byte
}

// Error implements error.
func (e *bugError) Error() string { return fmt.Sprintf("this is a bug in meshc: %v", e.value) }

// exitCode gives the exit code of an error.
func exitCode(err error) int {
	var (
		usage   *UsageError
		signal  *SignalError
		refused *RefusedError
		risk    *apply.RiskError
		stale   *apply.StaleError
		cluster *apply.ClusterError
		other   *apply.SensitiveError
		bug     *bugError
	)
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &bug):
		return exitBug
	case errors.As(err, &signal):
		if signal.Signal == syscall.SIGTERM {
			return exitTerminate
		}
		return exitInterrupt
	case errors.Is(err, errFindings):
		return exitFindings
	case errors.Is(err, errChanges):
		return exitChanges
	case errors.As(err, &usage):
		return exitUsage
	case errors.As(err, &refused), errors.As(err, &risk):
		return exitRisk
	case errors.As(err, &stale), errors.As(err, &cluster), errors.As(err, &other):
		return exitStale
	}
	return exitFailure
}

// tell writes an error: the sentence, then what to do about it.
func (f *Factory) tell(err error) {
	if err == nil || errors.Is(err, errFindings) || errors.Is(err, errChanges) {
		return
	}
	if errors.Is(err, syscall.EPIPE) {
		// The reader of the result has seen enough and went: meshc list | head.
		return
	}
	f.say("meshc: %s", strings.TrimRight(view.CleanText(err.Error()), "\n"))
	if remedy := remedyOf(err); remedy != "" {
		f.say("%s", view.CleanText(remedy))
	}
}

func remedyOf(err error) string {
	var (
		usage     *UsageError
		refused   *RefusedError
		remedy    *RemedyError
		stale     *apply.StaleError
		cluster   *apply.ClusterError
		other     *apply.SensitiveError
		unreached *backend.NotReached
		held      *backend.HeldError
		lock      *backend.LockError
		kept      *planner.HeldBackError
		underway  *planner.UnderwayError
		bug       *bugError
	)
	switch {
	case errors.As(err, &remedy):
		return remedy.Remedy
	case errors.As(err, &usage):
		return usage.Remedy
	case errors.As(err, &refused):
		return refused.Remedy
	case errors.As(err, &stale):
		text := ""
		for _, a := range stale.Moved {
			text += "  changed since: " + view.Name(a) + "\n"
		}
		return text + "make the plan again and look at it before you apply it"
	case errors.As(err, &cluster) && cluster.Want.Name == cluster.Have.Name:
		return "only the address differs; if it is the same cluster, use --admin-url " + cluster.Want.URL + ", or make the plan again with this one"
	case errors.As(err, &cluster):
		return "use the --admin-url of the plan's cluster, on Kubernetes its --kube-context and --kube-namespace, or make a plan for this one"
	case errors.As(err, &other):
		return "make the plan again with the value that is meant"
	case errors.As(err, &underway):
		return "wait for its end, which 'meshc history " + quoted(underway.Head.Mesh) + "' shows; if it was killed, or hangs: meshc unlock " + quoted(underway.Head.Mesh) + " --force"
	case errors.As(err, &held):
		return "wait until it is done, or let this command wait for it with --lock-timeout 10m; a run that was killed keeps no lock"
	case errors.As(err, &kept):
		return "ask " + kept.Hold.By + ", or take the lock away: meshc unlock " + quoted(kept.Mesh) + " --force"
	case errors.As(err, &lock) && lock.Remedy != "":
		return lock.Remedy
	case errors.As(err, &lock):
		return "the lock is held at the broker's binary service: --broker-url says where that is, --allow-host which host to trust; where it cannot be reached from here, --lock=false goes without, if you see to it that no other run changes the mesh meanwhile"
	case errors.As(err, &unreached) && unreached.Remedy != "":
		return unreached.Remedy
	case errors.As(err, &unreached):
		return "is Pulsar running there? --admin-url, or a client.conf named by PULSAR_CLIENT_CONF, says where else it is"
	case errors.As(err, &bug):
		text := "please report it, with the command and what `meshc version` says: https://github.com/meshc/meshc/issues"
		if bug.stack != nil {
			return text + "\n" + string(bug.stack)
		}
		return text + "\n--log-level debug shows where it happened"
	}
	return ""
}
