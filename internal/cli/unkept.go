package cli

import (
	"context"
	"time"

	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/planner/record"
)

// unkeptLimit bounds the wait for what is found out about records beside a run.
const unkeptLimit = 3 * time.Second

// warnUnkept says after a write that records may be lost where they are, if so.
func (f *Factory) warnUnkept(ctx context.Context, s record.Store) {
	p, ok := s.(record.Promiser)
	if !ok {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, unkeptLimit)
	defer cancel()
	if e := p.Unkept(ctx); e != nil {
		f.say("meshc: warning: what is on record may be lost: %s", view.CleanText(e.Error()))
		f.say("%s", view.CleanText(e.Remedy))
	}
}

// warnUnkept is that of the Factory for all stores that were opened.
func (r *records) warnUnkept() {
	for _, o := range r.opened {
		select {
		case <-o.done:
			if o.store != nil {
				r.f.warnUnkept(context.Background(), o.store)
			}
		default:
		}
	}
}
