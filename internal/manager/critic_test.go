package manager_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/meshc/meshc/internal/manager"
	"github.com/meshc/meshc/planner/record"
)

// littered is a store that has found something else in its place.
type littered struct{ manager.Records }

func (littered) Problems() (int, []record.Problem) {
	return 7, []record.Problem{
		{Position: "3:14", Key: "public/default/m\x1b[2J", Err: errors.New("half a record")},
		{Err: errors.New("no right to set policies")},
	}
}

// TestWhatIsSkippedIsTold: what lies in the place of records is in the log, each once,
// and counted.
func TestWhatIsSkippedIsTold(t *testing.T) {
	d := newDesk(t, func(o *manager.Options) { o.Records = littered{o.Records} })
	eventually(t, "the log tells", func() bool { return strings.Contains(d.log.String(), "no right to set policies") })
	log := d.log.String()
	for _, want := range []string{`"position":"3:14"`, "half a record", `"count":5`} {
		if strings.Count(log, want) != 1 {
			t.Errorf("%s is %d times in the log", want, strings.Count(log, want))
		}
	}
	if strings.Contains(log, `\u001b`) {
		t.Error("a terminal might obey the log")
	}
	resp, err := http.Get(d.url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if text, err := io.ReadAll(resp.Body); err != nil || !strings.Contains(string(text), "meshc_records_skipped 7") {
		t.Errorf("%v %s", err, text)
	}
}
