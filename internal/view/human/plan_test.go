package human_test

import (
	"testing"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/internal/view"
	"github.com/meshc/meshc/internal/view/human"
	"github.com/meshc/meshc/planner/diff"
	"github.com/meshc/meshc/planner/plan"
	"github.com/meshc/meshc/planner/state"
)

func TestPlans(t *testing.T) {
	cases := []struct {
		name    string
		allowed []plan.RiskKind
		make    func(t *testing.T) *plan.Plan
	}{
		{name: "create", make: func(t *testing.T) *plan.Plan {
			return planOf(t, empty(), wordCount(), diff.Options{})
		}},
		{name: "create with a package", make: func(t *testing.T) *plan.Plan {
			want := wordCount()
			want.Put(&state.Package{URL: "function://public/default/word-count@3f786850", SHA256: "3f786850e387", Size: 48213, Path: "target/functions.jar", Owner: id.String()})
			return planOf(t, empty(), want, diff.Options{})
		}},
		{name: "new code with packages", make: func(t *testing.T) *plan.Plan {
			live, want := wordCount(), wordCount()
			pack := func(s *state.State, sha string) {
				s.Put(&state.Package{URL: "function://public/default/word-count@" + sha, SHA256: sha, Size: 1_234_567, Path: "target/functions.jar", Owner: id.String()})
			}
			pack(live, "3f786850e387550fdab836ed7e6dc881")
			pack(want, "89e6c98d92887913cadf06b2adb97f26")
			function(want, "split", []string{"sentences"}, "words", func(f *state.Component) { f.Code.SHA256 = "89e6c98d92887913cadf06b2adb97f26" })
			return planOf(t, live, want, diff.Options{})
		}},
		{name: "no changes", make: func(t *testing.T) *plan.Plan {
			return planOf(t, wordCount(), wordCount(), diff.Options{})
		}},
		{name: "update", make: func(t *testing.T) *plan.Plan {
			want := wordCount()
			function(want, "split", []string{"sentences"}, "words", func(f *state.Component) {
				f.Fields["parallelism"] = 4.0
				f.Fields["userConfig"] = map[string]any{"lowercase": true, "marks": "a -> b", "limit": 1e6}
				f.Code.SHA256 = "89e6c98d92887913cadf06b2adb97f26cde4849b"
			})
			topic(want, "words", 4)
			return planOf(t, wordCount(), want, diff.Options{})
		}},
		{name: "replace", make: func(t *testing.T) *plan.Plan {
			want := wordCount()
			topic(want, "more-words", 0)
			function(want, "count", []string{"more-words"}, "counts", func(f *state.Component) { f.Fields["retainOrdering"] = true })
			live := wordCount()
			live.StateStore = true
			live.Facts[state.SubscriptionAddr(topicName("words"), "public/default/count")] = state.Facts{Backlog: 1204}
			delete(want.Resources, state.SubscriptionAddr(topicName("words"), "public/default/count"))
			return planOf(t, live, want, diff.Options{})
		}},
		{name: "replace, loss allowed", allowed: []plan.RiskKind{plan.MessageLoss}, make: func(t *testing.T) *plan.Plan {
			want := wordCount()
			function(want, "count", []string{"sentences"}, "counts", nil)
			live := wordCount()
			live.Facts[state.SubscriptionAddr(topicName("words"), "public/default/count")] = state.Facts{Backlog: 1204}
			delete(want.Resources, state.SubscriptionAddr(topicName("words"), "public/default/count"))
			return planOf(t, live, want, diff.Options{}, plan.MessageLoss)
		}},
		{name: "a function goes", make: func(t *testing.T) *plan.Plan {
			want := wordCount()
			delete(want.Resources, state.ComponentAddr(state.KindFunction, "public", "default", "count"))
			delete(want.Resources, state.SubscriptionAddr(topicName("words"), "public/default/count"))
			delete(want.Resources, state.TopicAddr(topicName("counts")))
			return planOf(t, wordCount(), want, diff.Options{})
		}},
		{name: "destroy", make: func(t *testing.T) *plan.Plan {
			return planOf(t, wordCount(), wordCount(), diff.Options{Destroy: true})
		}},
		{name: "destroy with topics", make: func(t *testing.T) *plan.Plan {
			return planOf(t, wordCount(), wordCount(), diff.Options{Destroy: true, DeleteTopics: true})
		}},
		{name: "destroy what is not there", make: func(t *testing.T) *plan.Plan {
			return planOf(t, empty(), wordCount(), diff.Options{Destroy: true})
		}},
		{name: "what feeds it is paused", make: func(t *testing.T) *plan.Plan {
			return planOf(t, onceCount(nil), onceCount(func(f *state.Component) { f.Fields["parallelism"] = 2.0 }), diff.Options{})
		}},
		{name: "what feeds it cannot be paused", make: func(t *testing.T) *plan.Plan {
			live := onceCount(nil)
			live.Facts[state.TopicAddr(topicName("words"))] = state.Facts{Publishers: 1}
			return planOf(t, live, onceCount(func(f *state.Component) { f.Fields["parallelism"] = 2.0 }), diff.Options{})
		}},
		{name: "one is stopped", make: func(t *testing.T) *plan.Plan {
			live := wordCount()
			live.Facts[state.ComponentAddr(state.KindFunction, "public", "default", "split")] = state.Facts{Missing: 1, Stopped: 1}
			return planOf(t, live, wordCount(), diff.Options{})
		}},
		{name: "adopted", make: func(t *testing.T) *plan.Plan {
			return planOf(t, ofOthers(nil), adopting(nil), diff.Options{})
		}},
		{name: "adopted and replaced", make: func(t *testing.T) *plan.Plan {
			return planOf(t, ofOthers(nil), adopting(func(f *state.Component) { f.Fields["retainOrdering"] = true }), diff.Options{})
		}},
		{name: "renamed", make: func(t *testing.T) *plan.Plan {
			return planOf(t, wordCount(), renamed(nil), diff.Options{})
		}},
		{name: "renamed where order is kept, a risk allowed by the file", make: func(t *testing.T) *plan.Plan {
			live := wordCount()
			live.StateStore = true
			function(live, "count", []string{"words"}, "counts", func(f *state.Component) { f.Fields["retainOrdering"] = true })
			return planOf(t, live, renamed(func(f *state.Component) {
				f.Fields["retainOrdering"], f.Allow = true, []string{"state-loss"}
			}), diff.Options{})
		}},
		{name: "long lists", make: func(t *testing.T) *plan.Plan {
			live, want := wordCount(), wordCount()
			function(live, "split", []string{"sentences", "paragraphs-from-the-archive"}, "words", nil)
			function(want, "split", []string{"sentences", "chapters-from-the-archive"}, "words", nil)
			return planOf(t, live, want, diff.Options{})
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			doc := view.NewPlans([]*plan.Plan{c.make(t)}, nil, nil, c.allowed)
			validPlan(t, doc)
			golden(t, "testdata/plans.txtar", c.name, human.Plans(human.Style{}, doc))
		})
	}
}

func TestPlansOfSeveralMeshes(t *testing.T) {
	var found diag.List
	found.Add(diag.WriteOnce, at(3), "subscriptionPosition of function public/default/split is read only when the function is created; it stays as it was")
	sources := diag.Sources{"mesh.yaml": []byte("name: word-count\nfunctions:\n  - subscriptionPosition: Earliest\n")}
	plans := []*plan.Plan{planOf(t, empty(), wordCount(), diff.Options{}), planOf(t, wordCount(), wordCount(), diff.Options{})}
	doc := view.NewPlans(plans, found, sources, nil)
	golden(t, "testdata/plans.txtar", "several meshes and a warning", human.Plans(human.Style{}, doc))
	golden(t, "testdata/plans.txtar", "in colour", human.Plans(human.Style{Color: true}, view.NewPlans(plans[:1], nil, nil, nil)))
}

// onceCount is the word count with EFFECTIVELY_ONCE in its second function.
func onceCount(edit func(*state.Component)) *state.State {
	s := wordCount()
	function(s, "count", []string{"words"}, "counts", func(f *state.Component) {
		f.Fields["processingGuarantees"] = "EFFECTIVELY_ONCE"
		if edit != nil {
			edit(f)
		}
	})
	s.Facts[state.TopicAddr(topicName("counts"))] = state.Facts{Deduplication: state.On}
	return s
}

// ofOthers is the word count where others made the second function, with its defaults.
func ofOthers(edit func(*state.Component)) *state.State {
	s := wordCount()
	sub := state.SubscriptionAddr(topicName("words"), "public/default/count")
	own := *s.Resources[sub].(*state.Subscription)
	own.Owner = ""
	s.Put(&own)
	function(s, "count", []string{"words"}, "counts", func(f *state.Component) {
		s.Facts[f.Addr()] = state.Facts{Code: f.Code.SHA256}
		f.Owner, f.Generation, f.Code = "", 0, state.Code{}
		f.Fields["cleanupSubscription"] = true
		if edit != nil {
			edit(f)
		}
	})
	s.Put(&own)
	return s
}

// adopting is the word count that takes its second function over.
func adopting(edit func(*state.Component)) *state.State {
	s := wordCount()
	function(s, "count", []string{"words"}, "counts", func(f *state.Component) {
		f.Adopt = true
		f.Fields["cleanupSubscription"] = false
		if edit != nil {
			edit(f)
		}
	})
	return s
}

// renamed is the word count whose second function has another name.
func renamed(edit func(*state.Component)) *state.State {
	s := wordCount()
	old := state.ComponentAddr(state.KindFunction, "public", "default", "count")
	delete(s.Resources, old)
	delete(s.Resources, state.SubscriptionAddr(topicName("words"), "public/default/count"))
	function(s, "tally", []string{"words"}, "counts", func(f *state.Component) {
		f.MovedFrom = "count"
		f.Fields["subName"] = "public/default/count"
		if edit != nil {
			edit(f)
		}
	})
	return s
}
