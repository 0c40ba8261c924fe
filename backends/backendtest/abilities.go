package backendtest

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/meshc/meshc/planner"
	"github.com/meshc/meshc/planner/backend"
	"github.com/meshc/meshc/planner/state"
)

var abilityCases = []oneCase{
	{name: "list", run: list, needs: able[backend.Lister]},
	{name: "lock", run: lock, needs: able[backend.Locker]},
	{name: "taking a lock away", run: unlock, needs: able[backend.Unlocker]},
	{name: "import", run: imports, needs: able[backend.Importer]},
	{name: "asking beforehand", run: asking, needs: able[backend.Asker]},
	{name: "more writes in flight", run: widen, needs: able[backend.Widener]},
	{name: "glance", run: glance, needs: able[backend.Glancer]},
	{name: "notice", run: notice, needs: able[backend.Noticer]},
	{name: "topics", run: topics, needs: able[backend.TopicLister]},
}

// able tells whether a backend has an ability.
func able[A any](b backend.Backend, _ Place) bool {
	_, ok := b.(A)
	return ok
}

// Meshes are found without their files.
func list(b *bench) {
	tenant, namespace := b.Namespace()
	look := func() []backend.Summary {
		b.Helper()
		all, err := b.Backend().(backend.Lister).List(b.Context(), tenant+"/"+namespace)
		if err != nil {
			b.Fatal(err)
		}
		return all
	}
	if all := look(); len(all) != 0 {
		b.Errorf("in an empty place there is %+v", all)
	}
	b.Foreign("theirs", b.topic("in"), b.topic("elsewhere"))
	b.deploy("zoo", chain)
	b.deploy("ant", strings.Replace(one, "[in]", "[here]", 1))
	b.deploy("ant", strings.NewReplacer("[in]", "[here]", "n: 1", "n: 2").Replace(one))
	want := []backend.Summary{
		{Mesh: b.id("ant").String(), Nodes: []string{"f"}, Generation: 2},
		{Mesh: b.id("zoo").String(), Nodes: []string{"first", "store"}, Generation: 1},
	}
	if d := cmp.Diff(want, look()); d != "" {
		b.Error(d)
	}
	if all, err := b.backend.(backend.Lister).List(b.Context(), tenant+"/nowhere"); err != nil || len(all) != 0 {
		b.Errorf("in a namespace that is not there: %+v, %v", all, err)
	}
}

// A glance shows components as reading does, what others made of them included.
func glance(b *bench) {
	b.deploy("m", chain)
	addrs := []state.Addr{b.addr(state.KindSink, "store"), b.addr(state.KindFunction, "nobody"), b.addr(state.KindFunction, "first")}
	look := func() {
		b.Helper()
		got, err := b.Backend().(backend.Glancer).Glance(b.Context(), addrs)
		if err != nil || len(got) != len(addrs) {
			b.Fatal(got, err)
		}
		for i, g := range got {
			if g.Addr != addrs[i] || g.Health.Addr != addrs[i] {
				b.Errorf("%s is told as %s", addrs[i], g.Addr)
			}
			if i == 1 {
				if g.Component != nil || g.Health.Wanted != 0 {
					b.Errorf("what is not there is %+v", g)
				}
				continue
			}
			if d := cmp.Diff(state.Digest(b.component("m", addrs[i])), state.Digest(g.Component)); d != "" {
				b.Errorf("%s: %s", addrs[i], d)
			}
			if g.Health.Wanted != g.Component.Parallelism() {
				b.Errorf("%s: %d instances are wanted", addrs[i], g.Health.Wanted)
			}
		}
	}
	look()
	b.runs(addrs[0], 2)
	got, err := b.backend.(backend.Glancer).Glance(b.Context(), addrs[:1])
	if err != nil || got[0].Health.Running != 2 || got[0].Stopped() != 0 {
		b.Errorf("%+v, %v", got, err)
	}
	b.Edit(state.KindFunction, "first", 3)
	look()
}

// Who wants to know is told of each component that is written, by whomever.
func notice(b *bench) {
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	ready, names, ended := make(chan bool, 1), make(chan string, 1000), make(chan error, 1)
	go func() {
		ended <- b.backend.(backend.Noticer).Notice(ctx, func() { ready <- true }, func(name string) { names <- name })
	}()
	select {
	case <-ready:
	case err := <-ended:
		b.Fatal(err)
	}
	tenant, namespace := b.Namespace()
	told := func(what string, want ...string) {
		b.Helper()
		late := time.After(b.fixture.Soon)
		for len(want) > 0 {
			select {
			case name := <-names:
				want = slices.DeleteFunc(want, func(w string) bool { return name == tenant+"/"+namespace+"/"+w })
			case <-late:
				b.Fatalf("%s: nothing is told of %v", what, want)
			}
		}
	}
	u, _ := b.deploy("m", chain)
	told("made", "first", "store")
	b.Edit(state.KindSink, "store", 3)
	told("changed by hand", "store")
	b.destroy(u)
	told("deleted", "first", "store")
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		b.Errorf("it ended with %v", err)
	}
}

// A mesh is changed by one run at a time, and who comes second is told by whom.
func lock(b *bench) {
	first, second := b.backend.(backend.Locker), b.Backend().(backend.Locker)
	id := b.id("m")
	who := backend.Holder{User: "alice", Host: "ci-7", Process: 4711, Command: "apply", Since: time.Unix(1000, 0).UTC()}
	lease, err := first.Lock(b.Context(), id, who)
	if err != nil {
		b.Fatal(err)
	}
	if err := lease.Ready(b.Context()); err != nil || lease.Err() != nil {
		b.Errorf("held, it is %v, %v", err, lease.Err())
	}
	var held *backend.HeldError
	if _, err := second.Lock(b.Context(), id, backend.Holder{User: "bob"}); !errors.As(err, &held) || held.Mesh != id || held.Holder != who {
		b.Errorf("the second is told %v", err)
	}
	other, err := second.Lock(b.Context(), b.id("m2"), who)
	if err != nil {
		b.Errorf("another mesh is not free: %v", err)
	} else {
		other.Release()
	}
	// A run holds it from before its first look until after its last write.
	u := b.mesh("m", one)
	options := b.options()
	options.Lock = func(context.Context) (backend.Lease, error) { return lease, nil }
	if _, err := run(b.Context(), b.backend, b.plan(u, planner.Options{}), options); err != nil {
		b.Fatal(err)
	}
	b.settled(u)
	select {
	case <-lease.Lost():
		b.Errorf("it was lost: %v", lease.Err())
	default:
	}
	lease.Release()
	again, err := second.Lock(b.Context(), id, who)
	if err != nil {
		b.Fatalf("released, it is not free: %v", err)
	}
	again.Release()
	b.settled(u)
	// Where there is no place for a lock, that is what is said.
	id.Namespace = "nowhere"
	nowhere, err := first.Lock(b.Context(), id, who)
	switch {
	case err == nil:
		nowhere.Release()
	case !errors.Is(err, backend.ErrNoNamespace):
		b.Errorf("in a namespace that is not there: %v", err)
	}
}

// What runs is shown as it is, whosever it is.
func imports(b *bench) {
	tenant, namespace := b.Namespace()
	b.Foreign("theirs", b.topic("in"), b.topic("elsewhere"))
	u, _ := b.deploy("m", chain)
	from := b.Backend().(backend.Importer)
	before := b.Writes()
	found, unseen, err := from.Components(b.Context(), tenant+"/"+namespace)
	if err != nil || len(unseen) != 0 {
		b.Fatalf("%v, unseen %v", err, unseen)
	}
	var have []string
	for _, f := range found {
		have = append(have, string(f.Kind)+" "+f.Name+" of "+strings.TrimPrefix(f.Owner, tenant+"/"+namespace+"/"))
		if f.Tenant != tenant || f.Namespace != namespace || len(f.Config)+len(f.Spec) == 0 {
			b.Errorf("%s is %+v", f.Name, f)
		}
		live := b.component("m", b.addr(f.Kind, f.Name))
		topics := slices.Concat(live.Inputs(), live.Writes())
		slices.Sort(topics)
		if shown := slices.Sorted(slices.Values(f.Topics)); !slices.Equal(shown, topics) {
			b.Errorf("%s uses %v, want %v", f.Name, shown, topics)
		}
		var code bytes.Buffer
		sum, err := from.Code(b.Context(), f, &code)
		switch {
		case errors.Is(err, backend.ErrNoCode), errors.Is(err, backend.ErrBuiltinCode):
		case err != nil || live.Owner != "" && sum != live.Code.SHA256 || code.Len() == 0:
			b.Errorf("code of %s: %d bytes, %s, %v", f.Name, code.Len(), sum, err)
		}
	}
	if want := []string{"function first of m", "function theirs of ", "sink store of m"}; !slices.Equal(have, want) {
		b.Errorf("found %q, want %q", have, want)
	}
	if n := b.Writes() - before; n != 0 {
		b.Errorf("%d writes", n)
	}
	b.settled(u)
}

// What the cluster would not take is a finding, before anything is written.
func asking(b *bench) {
	typed := func(t string) string {
		return strings.Replace(chain, "{name: other}", "{name: other, schema: {type: "+t+"}}", 1)
	}
	u, p := b.deploy("m", typed("STRING"))
	live := b.read("m", p.Scope...)
	if err := b.backend.(backend.Asker).Ask(b.Context(), live, live); err != nil {
		b.Error(err)
	}
	for addr, f := range live.Facts {
		if f.Refusal != "" {
			b.Errorf("of what is there already, it says against %s: %s", addr, f.Refusal)
		}
	}
	before := b.Writes()
	p, findings, err := planner.Make(b.Context(), b.backend, b.fixture.Name, b.mesh("m", typed("INT32")), planner.Options{})
	if err != nil || p != nil || !findings.HasErrors() {
		b.Errorf("plan %v, error %v, findings %+v", p, err, findings)
	}
	if n := b.Writes() - before; n != 0 {
		b.Errorf("%d writes", n)
	}
	b.settled(u)
}

// A user may want more, or fewer, writes in flight than the backend would do.
func widen(b *bench) {
	for _, n := range []int{1, 6} {
		u := b.mesh("m", chain)
		options := b.options()
		options.Parallelism = n
		if _, err := run(b.Context(), b.backend, b.plan(u, planner.Options{}), options); err != nil {
			b.Fatal(err)
		}
		b.settled(u)
		b.destroy(u)
	}
}

// Topics are listed by their full names, each once, whatever its partitions.
func topics(b *bench) {
	tenant, namespace := b.Namespace()
	b.deploy("m", chain)
	all, err := b.Backend().(backend.TopicLister).Topics(b.Context(), tenant+"/"+namespace)
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range []string{"in", "in2", "other", "mid"} {
		n := 0
		for _, t := range all {
			if t == b.topic(name) {
				n++
			}
		}
		if n != 1 {
			b.Errorf("%s is %d times in %v", name, n, all)
		}
	}
	if slices.ContainsFunc(all, func(t string) bool { return !strings.HasPrefix(t, "persistent://"+tenant+"/"+namespace+"/") }) {
		b.Errorf("the topics are %v", all)
	}
	if none, err := b.backend.(backend.TopicLister).Topics(b.Context(), tenant+"/nowhere"); err != nil || len(none) != 0 {
		b.Errorf("of a namespace that is not there: %v, %v", none, err)
	}
}

// A lock can be looked at, and taken away: its holder does not come back.
func unlock(b *bench) {
	first, second := b.backend.(backend.Locker), b.Backend().(backend.Unlocker)
	id := b.id("m")
	who := backend.Holder{User: "alice", Host: "ci-7", Process: 4711, Command: "apply", Since: time.Unix(1000, 0).UTC()}
	if _, held, err := second.LockHolder(b.Context(), id); held || err != nil {
		b.Errorf("before anybody has it: held %v, %v", held, err)
	}
	lease, err := first.Lock(b.Context(), id, who)
	if err != nil {
		b.Fatal(err)
	}
	if got, held, err := second.LockHolder(b.Context(), id); !held || err != nil || got != who {
		b.Errorf("it is %v's, %v, %v", got, held, err)
	}
	by := backend.Holder{User: "bob"}
	if err := second.Evict(b.Context(), id, by); err != nil {
		b.Fatal(err)
	}
	select {
	case <-lease.Lost():
		if lease.Err() == nil {
			b.Error("it is lost without a reason")
		}
	case <-time.After(20 * time.Second):
		b.Error("its holder does not see that it is lost")
	}
	if err := lease.Ready(b.Context()); err == nil {
		b.Error("lost, it is ready")
	}
	next, err := first.Lock(b.Context(), id, by)
	if err != nil {
		b.Fatalf("it is not free: %v", err)
	}
	lease.Release()
	if got, held, err := second.LockHolder(b.Context(), id); !held || err != nil || got.User != by.User {
		b.Errorf("after the old holder has let go it is %v's, %v, %v", got, held, err)
	}
	next.Release()
	if err := second.Evict(b.Context(), id, by); err != nil {
		b.Errorf("where nobody has it: %v", err)
	}
}
