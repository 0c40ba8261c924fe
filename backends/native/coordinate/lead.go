package coordinate

import (
	"context"
	"fmt"
	"time"
)

// Name is this member's.
func (c *Coordination) Name() string { return c.o.Name }

// Leading tells that this member leads, and heard of its broker lately.
func (c *Coordination) Leading() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.active && time.Since(c.heard) < fresh*c.o.Beat
}

// Confirm returns nil when this member leads. One that has not heard of its broker
// lately asks it. Errors wrap ErrNotLeading.
func (c *Coordination) Confirm(ctx context.Context) error {
	if c.Leading() {
		return nil
	}
	c.mu.Lock()
	conn, active := c.conn, c.active
	c.mu.Unlock()
	if !active || conn == nil {
		return ErrNotLeading
	}
	if err := c.ask(ctx, conn); err != nil {
		return fmt.Errorf("%w: %w", ErrNotLeading, err)
	}
	if !c.Leading() {
		return ErrNotLeading
	}
	return nil
}

// Leader gives the leader's name and address; known is false where there is none, or
// the cluster could not be asked.
func (c *Coordination) Leader() (name, url string, known bool) {
	if c.Leading() {
		return c.o.Name, c.o.URL, true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.leader == "" || c.leader == c.o.Name {
		return "", "", false
	}
	url, known = c.members[c.leader]
	return c.leader, url, known
}

// Member gives the address of a member.
func (c *Coordination) Member(name string) (url string, known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	url, known = c.members[name]
	return url, known
}

// Resign gives the seat back, so that another one leads, and takes no other.
func (c *Coordination) Resign(ctx context.Context) {
	c.mu.Lock()
	c.gone, c.active = true, false
	seat := c.seat
	c.mu.Unlock()
	c.tell()
	if seat != nil {
		// A broker that does not hear it sees the connection end.
		_ = seat.Close(ctx)
	}
}

// Stand says whether this member is fit to lead. One that is not gives its seat back, so
// that another one leads, and takes one again when it is. It returns at once where that
// is known already.
func (c *Coordination) Stand(ctx context.Context, fit bool) {
	c.mu.Lock()
	same := c.unfit != fit
	c.unfit = !fit
	c.active = c.active && fit
	seat := c.seat
	c.mu.Unlock()
	if same || fit {
		return
	}
	c.tell()
	if seat != nil {
		_ = seat.Close(ctx)
	}
}

func (c *Coordination) stands() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.unfit
}

func (c *Coordination) resigned() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.gone
}

// watch asks the web service again and again who the members are.
func (c *Coordination) watch(ctx context.Context) {
	beat := time.NewTicker(c.o.Beat)
	defer beat.Stop()
	for failed := 0; ; {
		if err := c.look(ctx); err != nil {
			if failed++; failed == fresh {
				c.o.Log.Warn("the members cannot be asked for", "err", err)
				c.mu.Lock()
				c.leader = ""
				c.mu.Unlock()
			}
		} else {
			failed = 0
		}
		select {
		case <-beat.C:
		case <-ctx.Done():
			return
		}
	}
}

func (c *Coordination) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*c.o.Beat)
	defer cancel()
	stats, err := c.o.Client.TopicStats(ctx, c.o.Topic)
	if err != nil {
		return err
	}
	sub := stats.Subscriptions[subscription]
	members := map[string]string{}
	for _, consumer := range sub.Consumers {
		members[consumer.Name] = consumer.Metadata[urlKey]
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.members, c.leader = members, sub.Active
	return nil
}
