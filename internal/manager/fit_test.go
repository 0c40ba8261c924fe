package manager_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/meshc/meshc/internal/manager"
	"github.com/meshc/meshc/internal/manager/api"
)

// refused are records that the cluster refuses to have read for a while.
type refused struct {
	manager.Records
	is atomic.Bool
}

func (r *refused) Refused() error {
	if r.is.Load() {
		return errors.New("no right to the records")
	}
	return nil
}

// standing is a leadership that notes who is fit for it.
type standing struct {
	manager.Alone
	unfit atomic.Bool
}

func (s *standing) Stand(_ context.Context, fit bool) { s.unfit.Store(!fit) }
func (s *standing) Leading() bool                     { return !s.unfit.Load() }

// TestRefusedRecords: a manager whose records are refused is not ready, and does not lead
// until they can be read again.
func TestRefusedRecords(t *testing.T) {
	r, s := &refused{}, &standing{}
	d := newDesk(t, func(o *manager.Options) { r.Records, o.Records, o.Leadership = o.Records, r, s })
	for range 2 {
		d.ask(request{method: "GET", path: api.Ready}, 200)
		r.is.Store(true)
		d.ask(request{method: "GET", path: api.Ready}, 503)
		eventually(t, "it leads no more", func() bool { return !s.Leading() })
		r.is.Store(false)
		eventually(t, "it stands for the lead again", s.Leading)
	}
}
