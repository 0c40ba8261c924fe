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

// planFile looks whether the arguments name a plan file, and reads it. Standard
// input that turns out to be no plan is given back for reading as a mesh file.
func planFile(files []string, stdin io.Reader) (plans []*plan.Plan, rest io.Reader, err error) {
	rest = stdin
	for _, name := range files {
		data, err := possiblePlan(name, rest)
		if err != nil {
			return nil, nil, err
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
		if saved, err := view.PlanFile(data); err != nil {
			return nil, nil, &RemedyError{Err: err, Remedy: "make it again with: meshc plan FILE -o json"}
		} else if saved != nil {
			data = saved
		}
		plans, err = plan.ReadFile(data)
		if err != nil {
			return nil, nil, &RemedyError{Err: err, Remedy: "make it again with: meshc plan FILE --out " + quoted(name)}
		}
		return plans, rest, nil
	}
	return nil, rest, nil
}

// possiblePlan reads what could be a plan: standard input, or a file that begins
// like JSON. Anything else is left for the compiler to say something about.
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
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) || !bytes.HasPrefix(bytes.TrimLeft(head[:n], " \t\r\n"), []byte("{")) {
		return nil, nil
	}
	rest, err := io.ReadAll(file)
	return append(head[:n], rest...), err
}
