package coordinate

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/conn"
	"github.com/meshc/meshc/backends/native/lock"
	"github.com/meshc/meshc/backends/native/wire"
)

// subscription is the name that function workers give theirs, too.
const subscription = "participants"

// urlKey is the metadata that tells where a member is.
const urlKey = "url"

// Options say which topic the members meet on, and who this one is. All but Log, Beat
// and OnChange are needed.
type Options struct {
	Topic    string
	Client   *admin.Client
	Settings conn.Settings
	// Name is unique among the members; URL is where others reach this one, "" for nowhere.
	Name, URL string
	Log       *slog.Logger
	// Beat is how often the broker is asked for a sign of life; 0 is a second.
	Beat time.Duration
	// OnChange is told when this member begins and ceases to lead; calls do not overlap.
	OnChange func(leads bool)
}

// fresh is how many beats the lead counts without a sign of life: far less than the
// broker's patience with a member that stands still.
const fresh = 3

// ErrNotLeading tells that another member leads, or nobody.
var ErrNotLeading = errors.New("this member does not lead")

// Coordination is one member. Its methods are safe for concurrent use.
type Coordination struct {
	o Options

	mu sync.Mutex
	// seat is this member's; active tells that it leads, as the broker said at heard.
	seat   *wire.Reader
	conn   *wire.Conn
	active bool
	heard  time.Time
	// members are the addresses by name, leader is the active one's name.
	members map[string]string
	leader  string
	// gone tells that this member gave its seat back for good.
	gone bool
	// unfit tells that it is not to lead for now.
	unfit bool
	// telling keeps calls of OnChange apart, told is what it was told last.
	telling sync.Mutex
	told    bool
}

// New makes a member; Run lets it take part.
func New(o Options) *Coordination {
	if o.Beat <= 0 {
		o.Beat = time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.OnChange == nil {
		o.OnChange = func(bool) {}
	}
	return &Coordination{o: o, members: map[string]string{}}
}

// Run takes part until ctx ends, or Resign.
func (c *Coordination) Run(ctx context.Context) {
	var all sync.WaitGroup
	all.Go(func() { c.watch(ctx) })
	defer all.Wait()
	wait := 100 * time.Millisecond
	for ctx.Err() == nil && !c.resigned() {
		if !c.stands() {
			select {
			case <-ctx.Done():
			case <-time.After(c.o.Beat):
			}
			continue
		}
		began := time.Now()
		err := c.sit(ctx)
		c.leave()
		if ctx.Err() != nil || c.resigned() {
			return
		}
		c.o.Log.Warn("no seat among the managers", "err", err)
		if wait = min(2*wait, 2*time.Second); time.Since(began) > 10*time.Second {
			wait = 100 * time.Millisecond
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// sit takes the seat and keeps it as long as the broker answers.
func (c *Coordination) sit(ctx context.Context) error {
	if err := c.ensure(ctx); err != nil {
		return err
	}
	o := lock.Options{Topic: c.o.Topic, Settings: c.o.Settings, Locate: func(ctx context.Context) (string, string, error) {
		at, err := c.o.Client.Lookup(ctx, c.o.Topic)
		return at.BrokerURL, at.BrokerURLTLS, err
	}}
	conn, err := o.Connect(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	seat, err := conn.Join(ctx, c.o.Topic, subscription, c.o.Name, map[string]string{urlKey: c.o.URL}, c.elected)
	if err != nil {
		return err
	}
	c.mu.Lock()
	c.seat, c.conn = seat, conn
	gone := c.gone || c.unfit
	c.mu.Unlock()
	if gone {
		return nil
	}
	beat := time.NewTicker(c.o.Beat)
	defer beat.Stop()
	for {
		if err := c.ask(ctx, conn); err != nil {
			return err
		}
		select {
		case <-beat.C:
		case <-seat.Closed():
			return seat.Ended()
		case <-ctx.Done():
			_ = seat.Close(closing(ctx))
			return ctx.Err()
		}
	}
}

// ask wants a sign of life. What the broker has said about the lead comes before it.
func (c *Coordination) ask(ctx context.Context, conn *wire.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, 2*c.o.Beat)
	defer cancel()
	began := time.Now()
	if err := conn.Ping(ctx); err != nil {
		return fmt.Errorf("the broker gives no sign of life: %w", err)
	}
	c.mu.Lock()
	c.heard = began
	c.mu.Unlock()
	c.tell()
	return nil
}

// elected is told by the broker whether this member is the active one.
func (c *Coordination) elected(active bool) {
	c.mu.Lock()
	c.active, c.heard = active && !c.gone && !c.unfit, time.Now()
	c.mu.Unlock()
	// Not on the connection's goroutine, which has to go on reading.
	go c.tell()
}

// leave forgets the seat.
func (c *Coordination) leave() {
	c.mu.Lock()
	c.seat, c.conn, c.active = nil, nil, false
	c.mu.Unlock()
	c.tell()
}

// tell tells OnChange what is the case now.
func (c *Coordination) tell() {
	c.telling.Lock()
	defer c.telling.Unlock()
	leads := c.Leading()
	if leads == c.told {
		return
	}
	c.told = leads
	c.o.Log.Info("the lead has changed", "leads", leads, "member", c.o.Name)
	c.o.OnChange(leads)
}

// ensure makes the topic where it is not there.
func (c *Coordination) ensure(ctx context.Context) error {
	_, err := c.o.Client.Partitions(ctx, c.o.Topic)
	if !errors.Is(err, admin.ErrNotFound) {
		return err
	}
	if err := c.o.Client.CreateTopic(ctx, c.o.Topic, 0, nil); err != nil && !errors.Is(err, admin.ErrExists) {
		return err
	}
	return nil
}

// closing gives a context for the last words of one that has ended.
func closing(ctx context.Context) context.Context {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	context.AfterFunc(ctx, cancel)
	return ctx
}
