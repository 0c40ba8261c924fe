package manager

import (
	"time"

	"github.com/meshc/meshc/backends/native/admin"
	"github.com/meshc/meshc/backends/native/conn"
)

// DefaultTopic is the records topic where none is named: in the namespace in which
// function workers keep theirs.
const DefaultTopic = "persistent://public/functions/meshc-records"

// Options say where records are and how to get there. Client and Settings are needed.
type Options struct {
	// Topic is the records topic; "" is DefaultTopic. The log and the snapshots have
	// its name with -log and -snapshot.
	Topic string
	// Client asks the cluster's web service, as Settings say.
	Client   *admin.Client
	Settings conn.Settings
	// LogRetention is how long the log topic keeps what is superseded, set when the
	// topic is made; 0 is a year.
	LogRetention time.Duration
	// Patience is how long a holder of the records topic may stand still before it is
	// fenced off; 0 is five seconds.
	Patience time.Duration
	// Away is how long a cluster that cannot be reached is tried; 0 is half a minute.
	Away time.Duration
	// ForgetAfter is how long meshes that are gone are remembered; 0 is ninety days.
	ForgetAfter time.Duration
	// held is called between the comparison and the write.
	held func()
	// part is how large a message may be, unless brokers take less.
	part int
}

func (o Options) withDefaults() Options {
	if o.Topic == "" {
		o.Topic = DefaultTopic
	}
	if o.LogRetention <= 0 {
		o.LogRetention = 365 * 24 * time.Hour
	}
	if o.ForgetAfter <= 0 {
		o.ForgetAfter = 90 * 24 * time.Hour
	}
	if o.part <= 0 {
		o.part = partSize
	}
	if o.Patience <= 0 {
		o.Patience = 5 * time.Second
	}
	if o.Away <= 0 {
		o.Away = 30 * time.Second
	}
	return o
}

func (o Options) logTopic() string { return o.Topic + "-log" }

func (o Options) snapshotTopic() string { return o.Topic + "-snapshot" }
