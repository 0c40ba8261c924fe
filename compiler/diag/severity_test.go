package diag

import "testing"

func TestSeverities(t *testing.T) {
	s := Severities{}
	for _, choice := range []string{"MC4002=off", "mc4001 = warning", "MC4004=error", "MC3007=error", "MC5005=error", "MC4002=error"} {
		if err := s.Set(choice); err != nil {
			t.Errorf("%s: %v", choice, err)
		}
	}
	for _, choice := range []string{"", "MC4002", "MC4002=", "MC4002=info", "MC9999=off", "MC2001=warning", "MC3007=off", "MC5001=warning", "=off"} {
		if err := s.Set(choice); err == nil {
			t.Errorf("%q is taken", choice)
		}
	}
	s[SharedSub] = Off
	var l List
	for _, c := range []Code{Cycle, UnwrittenInput, EffectivelyOnce, SharedSub, UnknownKey} {
		l.Add(c, Span{}, "x")
	}
	got := s.Apply(l)
	if len(got) != 4 || got[0].Severity != Warning || got[1].Severity != Error || got[2].Severity != Error || got[3].Severity != Error {
		t.Errorf("%v", got)
	}
	if l[0].Severity != Error || len(Severities(nil).Apply(l)) != 5 {
		t.Error("the list that was given has changed, or no choice changes something")
	}
}
