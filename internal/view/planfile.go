package view

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/meshc/meshc/planner/plan"
)

// PlanFile takes the plans out of what `meshc plan -o json` shows, as a plan file
// holds them; nil where data is another document. A document with findings of
// severity error holds no plan to carry out, which is an error.
func PlanFile(data []byte) ([]byte, error) {
	var doc struct {
		Format string `json:"format"`
		Plans  []struct {
			Plan json.RawMessage `json:"plan"`
		} `json:"plans"`
	}
	if json.Unmarshal(data, &doc) != nil {
		return nil, nil
	}
	name, _, _ := strings.Cut(PlanFormat, "/")
	if found, _, _ := strings.Cut(FindingsFormat, "/"); strings.HasPrefix(doc.Format, found+"/") {
		return nil, fmt.Errorf("this is a report of findings and not a plan: planning ended with them")
	}
	if !strings.HasPrefix(doc.Format, name+"/") {
		return nil, nil
	}
	if doc.Format != PlanFormat {
		return nil, fmt.Errorf("the plan has format %q, this version of meshc reads %q", doc.Format, PlanFormat)
	}
	var plans [][]byte
	for _, p := range doc.Plans {
		plans = append(plans, p.Plan)
	}
	return fmt.Appendf(nil, `{"format":%q,"plans":[%s]}`, plan.Format, bytes.Join(plans, []byte(","))), nil
}
