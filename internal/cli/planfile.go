package cli

import (
	"bytes"
	"errors"
	"io"
	"os"

	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/planner/plan"
)

// writePlanFile writes a plan file so that at no moment a reader finds half of
// one. The file is for its owner only: a plan holds the configuration of functions.
func writePlanFile(path string, plans []*plan.Plan) error {
	return replaceFile(path, 0o600, func(w io.Writer) error { return plan.Write(w, plans) })
}

// savedPlans are plans out of a file or a bundle.
type savedPlans struct {
	plans []*plan.Plan
	// done removes what was unpacked for them.
	done func()
}

// planFile looks whether the arguments name a plan file or a bundle, and reads it;
// nil for neither. Standard input that turns out to be no plan is given back for
// reading as a mesh file.
func planFile(files []string, stdin io.Reader) (saved *savedPlans, rest io.Reader, err error) {
	rest = stdin
	for _, name := range files {
		data, err := possiblePlan(name, rest)
		if err != nil {
			return nil, nil, err
		}
		if isBundle(data) && len(files) == 1 {
			return bundleFile(name, data)
		}
		if name == "-" {
			rest = bytes.NewReader(data)
		}
		if data == nil || !plan.IsPlan(data) {
			continue
		}
		if len(files) > 1 {
			return nil, nil, usage("apply the plan file alone", "%s is a plan file and there are other arguments", name)
		}
		shown, err := view.PlanFile(data)
		if err != nil {
			return nil, nil, &RemedyError{Err: err, Remedy: "make it again with: meshc plan FILE -o json"}
		}
		if shown != nil {
			data = shown
		}
		plans, err := plan.ReadFile(data)
		if err != nil {
			return nil, nil, unreadable(err, "--out "+quoted(name))
		}
		return &savedPlans{plans, func() {}}, rest, nil
	}
	return nil, rest, nil
}

// unreadable says how to come to a plan file that can be read.
func unreadable(err error, flags string) error {
	return &RemedyError{Err: err, Remedy: "make it again, with this version of meshc: meshc plan FILE " + flags}
}

// bundleFile unpacks a bundle: a file, or standard input that was read already.
func bundleFile(name string, data []byte) (*savedPlans, io.Reader, error) {
	var from io.Reader = bytes.NewReader(data)
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, nil, err
		}
		defer file.Close()
		from = file
	}
	plans, done, err := openBundle(from)
	if err != nil {
		return nil, nil, unreadable(err, "--bundle "+quoted(name))
	}
	return &savedPlans{plans, done}, nil, nil
}

// possiblePlan reads what could be a plan: standard input, or a file that begins
// like JSON; of a bundle only the beginning. Anything else is left for the compiler to say something about.
func possiblePlan(name string, stdin io.Reader) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(stdin)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, nil
	}
	defer file.Close()
	head := make([]byte, 64)
	n, err := io.ReadFull(file, head)
	if isBundle(head[:n]) {
		return head[:n], nil
	}
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) || !bytes.HasPrefix(bytes.TrimLeft(head[:n], " \t\r\n"), []byte("{")) {
		return nil, nil
	}
	rest, err := io.ReadAll(file)
	return append(head[:n], rest...), err
}
