package cli

import (
	"io"
	"os"
	"strings"
	"time"

	"github.com/meshc/meshc/backends"
	"github.com/meshc/meshc/compiler/load"
	"github.com/meshc/meshc/planner/backend"
)

// Factory is what commands get their surroundings from. Its fields are functions
// where something would connect or look around, so that nothing does before a
// command needs it.
type Factory struct {
	Streams
	// Args are the arguments as typed, for telling the command that goes on.
	Args   []string
	Getenv func(string) string
	Now    func() time.Time
	// Backend opens the way to a cluster. It does not connect yet.
	Backend func(name string, s backends.Settings) (backend.Backend, error)
	// CacheDir names the folder for what may be forgotten; nil or an error means none.
	CacheDir func() (string, error)
	// Signals are those that ask the program to end.
	Signals <-chan os.Signal
	// Grace is how long a command may take to end after it was told to.
	Grace time.Duration
	// Pause is how long a moving cluster gets to settle before it is planned for again.
	Pause time.Duration

	color      string
	logLevel   string
	interrupts *interrupts
	// started tells that the command line was understood; errors before are the user's.
	started bool
}

// NewFactory returns the factory of the real program.
func NewFactory(args []string, in io.Reader, out, err io.Writer, getenv func(string) string) *Factory {
	return &Factory{
		Streams: newStreams(in, out, err), Args: args, Getenv: getenv, Now: time.Now,
		Backend: backends.Open, Grace: 5 * time.Second, Pause: time.Second,
	}
}

// again gives the command as it was typed, with more arguments, for a shell. What
// looks like a secret is left out of it.
func (f *Factory) again(more ...string) string {
	words := []string{"meshc"}
	for _, a := range append(append([]string(nil), f.Args...), more...) {
		if set := strings.TrimPrefix(a, "--set="); load.SecretSetting(set) {
			path, _, _ := strings.Cut(a[len(a)-len(set):], "=")
			a = a[:len(a)-len(set)] + path + "=..."
		}
		words = append(words, quoted(a))
	}
	return strings.Join(words, " ")
}

// quoted writes a word so that a shell reads it as one.
func quoted(word string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,@%+"
	if word != "" && strings.Trim(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
