package manager

import (
	"context"
	"time"
)

// refuser is a store that the cluster may refuse to have read for a while.
type refuser interface {
	// Refused is nil where it does not.
	Refused() error
}

// stander is a leadership that one who is not fit to lead gives up for as long.
type stander interface {
	Stand(ctx context.Context, fit bool)
}

// fit is nil where this manager can do what a leader has to do; else it tells why not.
func (m *Manager) fit() error {
	if s, ok := m.opts.Records.(refuser); ok {
		return s.Refused()
	}
	return nil
}

// attend gives the lead to others while this manager is not fit for it, until ctx ends.
func (m *Manager) attend(ctx context.Context) {
	s, ok := m.opts.Leadership.(stander)
	beat := time.NewTicker(leadBeat)
	defer beat.Stop()
	for was := true; ; {
		err := m.fit()
		switch now := err == nil; {
		case was && !now:
			m.log.Error("the records are refused; another manager may lead", "err", err)
		case !was && now:
			m.log.Info("the records can be read again")
		}
		if was = err == nil; ok {
			short, cancel := context.WithTimeout(ctx, 2*time.Second)
			s.Stand(short, was)
			cancel()
		}
		select {
		case <-beat.C:
		case <-ctx.Done():
			return
		}
	}
}
