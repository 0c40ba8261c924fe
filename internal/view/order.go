package view

import (
	"cmp"
	"slices"

	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

var kindOrder = map[state.Kind]int{
	state.KindNamespace: 1, state.KindTopic: 2, state.KindPolicies: 3, state.KindSchema: 4, state.KindPackage: 5,
	state.KindSubscription: 6, state.KindFunction: 7, state.KindSource: 7, state.KindSink: 7,
}

// inDataOrder groups changes by kind and puts functions in the order in which
// messages pass through them. What is not tied together keeps the order of addresses.
func inDataOrder(changes []diff.Change) []diff.Change {
	out := slices.Clone(changes)
	rank := ranks(changes)
	slices.SortStableFunc(out, func(a, b diff.Change) int {
		return cmp.Or(
			cmp.Compare(kindOrder[a.Addr.Kind()], kindOrder[b.Addr.Kind()]),
			cmp.Compare(rank[a.Addr], rank[b.Addr]),
			cmp.Compare(a.Addr, b.Addr),
		)
	})
	return out
}

// ranks gives each changed function the number of changed functions on the
// longest way to it.
func ranks(changes []diff.Change) map[state.Addr]int {
	functions := map[state.Addr]*state.Component{}
	writers := map[string][]state.Addr{}
	for _, c := range changes {
		r := c.After
		if r == nil {
			r = c.Before
		}
		f, ok := r.(*state.Component)
		if !ok {
			continue
		}
		functions[c.Addr] = f
		for _, t := range f.Writes() {
			writers[t] = append(writers[t], c.Addr)
		}
	}
	rank := map[state.Addr]int{}
	var walk func(a state.Addr) int
	walk = func(a state.Addr) int {
		if n, ok := rank[a]; ok {
			return n
		}
		// A live mesh that was changed by hand may go round: the first visit counts.
		rank[a] = 0
		n := 0
		for _, t := range functions[a].Inputs() {
			for _, w := range writers[t] {
				if w != a {
					n = max(n, walk(w)+1)
				}
			}
		}
		rank[a] = n
		return n
	}
	for _, c := range changes {
		if functions[c.Addr] != nil {
			walk(c.Addr)
		}
	}
	return rank
}

// orderWords are the words for steps that the order is about.
var orderWords = map[plan.Op]string{plan.Drain: "drain", plan.Delete: "delete", plan.Create: "create",
	plan.Pause: "pause", plan.Update: "update", plan.Resume: "resume", plan.Keep: "keep the subscriptions of"}

// order tells, where something goes away, what comes after what; steps of the
// same sort that follow each other are told together.
func order(p *plan.Plan) []string {
	var out []string
	var names []string
	word := ""
	quiet := map[string]bool{}
	for _, s := range p.Steps {
		quiet[s.ID] = s.Quiet
	}
	flush := func() {
		if len(names) > 0 {
			out = append(out, word+" "+listed(names))
		}
		names = nil
	}
	for _, s := range p.Steps {
		if !inOrder(s, quiet) {
			continue
		}
		w := orderWords[s.Op] + " " + string(s.Addr.Kind())
		if w != word {
			flush()
			word = w
		}
		names = append(names, ShortName(s.Addr))
	}
	flush()
	if len(out) < 2 {
		return nil
	}
	return out
}

// inOrder tells whether the order is about a step; quiet are the drains that follow pauses.
func inOrder(s plan.Step, quiet map[string]bool) bool {
	switch s.Op {
	case plan.Drain, plan.Delete, plan.Pause, plan.Resume, plan.Keep:
		return true
	case plan.Create:
		return s.Change.Action == diff.Replace || s.ComesAfterOld()
	case plan.Update:
		return slices.ContainsFunc(s.Needs, func(n string) bool { return quiet[n] })
	}
	return false
}

// listed names the first few of many.
func listed(names []string) string {
	const most = 4
	text := ""
	for i, n := range names {
		if i == most {
			return text + " and " + itoa(len(names)-most) + " more"
		}
		if i > 0 {
			text += ", "
		}
		text += n
	}
	return text
}
