package main

import (
	"context"
	"time"
)

// deploy plans and applies the mesh.
func (s *story) deploy(ctx context.Context) error {
	s.step("The plan", "What would happen, compared with what runs in the cluster. Nothing is changed.")
	if _, err := s.run(ctx, 0, "plan", "mesh.yaml"); err != nil {
		return err
	}
	s.step("The plan is carried out", "In the order of the data flow: topics, code, subscriptions, functions. Then meshc waits until all runs.\nWithout --yes it would ask first.")
	begin := time.Now()
	_, err := s.run(ctx, 0, "apply", "mesh.yaml", "--yes")
	s.deployed = time.Since(begin)
	return err
}

// count feeds the text once and compares.
func (s *story) count(ctx context.Context) (err error) {
	s.step("It counts", "The demo writes a text (Isaac Newton's Queries on light) to the topic sentences, a line a message, and\nreads the topic counts. The same words, counted by a few lines of Go, are the truth.")
	if s.counter, err = newCounter(s.client, s.lines); err != nil {
		return err
	}
	if s.feeder, err = newFeeder(s.client, s.lines); err != nil {
		return err
	}
	begin := time.Now()
	if err := s.feeder.pass(ctx, 0); err != nil {
		return err
	}
	words := wordsIn(s.lines)
	if err := s.counter.read(ctx, words); err != nil {
		return err
	}
	took := time.Since(begin) - settled
	if err := s.compare(truth(s.lines, 1, oldForm), s.counter, oldForm); err != nil {
		return err
	}
	s.ok("%d lines, %d words, every count is right; %d duplicates; %s", len(s.lines), words, s.counter.again, seconds(took))
	s.tally()
	return nil
}

// tally books a round of counting, for the last line, and begins the next.
func (s *story) tally() {
	s.counted += len(s.counter.first)
	s.again += s.counter.again
	s.counter.reset()
}

// nothingToDo plans again.
func (s *story) nothingToDo(ctx context.Context) error {
	s.step("Nothing to do", "The same plan again finds that all is as the file says, and a script can see that by the exit code.")
	_, err := s.run(ctx, 0, "plan", "mesh.yaml", "--detailed-exitcode")
	return err
}

// feedRate is how many lines a second go in while the mesh is updated.
const feedRate = 300

// change plans and applies another version while the text is fed.
func (s *story) change(ctx context.Context) error {
	s.step("A change", "mesh-v2.yaml has new code (punctuation is no part of a word), another configuration (Light and light are\none word) and one more instance of count. The plan says what that does to what runs.")
	if _, err := s.run(ctx, 2, "plan", "mesh-v2.yaml", "--detailed-exitcode"); err != nil {
		return err
	}
	s.step("The change, under load", "The text is fed again and again while the functions are replaced. Functions run \"at least once\": what is\nin work when one restarts comes again. Each increment says which word of which line it stands for, so\nthat what came again can be told.")
	stop, fed := make(chan struct{}), make(chan error, 1)
	before := s.feeder.sent.Load()
	go func() { fed <- s.feedUntil(ctx, stop) }()
	for s.feeder.sent.Load() < before+feedRate/2 && ctx.Err() == nil {
		time.Sleep(5 * time.Millisecond)
	}
	begin, atBegin := time.Now(), s.feeder.sent.Load()
	_, err := s.run(ctx, 0, "apply", "mesh-v2.yaml", "--yes")
	s.updated = time.Since(begin)
	atEnd := s.feeder.sent.Load()
	close(stop)
	if feedErr := <-fed; err == nil {
		err = feedErr
	}
	if err != nil {
		return err
	}
	times := s.feeder.passes - 1 // all but the first round
	words := times * wordsIn(s.lines)
	if err := s.counter.read(ctx, words); err != nil {
		return err
	}
	if err := s.compare(truth(s.lines, times, newForm), s.counter, newForm); err != nil {
		return err
	}
	old, changed := s.counter.by()
	s.ok("the text %d times, %d words, %d lines of it written during the update", times, words, atEnd-atBegin)
	s.ok("none lost; %d came twice and are told as duplicates; without them every count is right", s.counter.again)
	s.ok("of the words where it shows, the old code cut %d and the new code %d", old, changed)
	s.tally()
	return nil
}

// feedUntil writes the text over and over, and ends with the text's end.
func (s *story) feedUntil(ctx context.Context, stop <-chan struct{}) error {
	for {
		if err := s.feeder.pass(ctx, feedRate); err != nil {
			return err
		}
		select {
		case <-stop:
			return nil
		default:
		}
	}
}

// look shows what runs.
func (s *story) look(ctx context.Context) error {
	s.step("What runs", "The instances of the mesh, and the meshes of the namespace.")
	if _, err := s.run(ctx, 0, "status", "mesh-v2.yaml"); err != nil {
		return err
	}
	_, err := s.run(ctx, 0, "list")
	return err
}

// takeDown removes the mesh.
func (s *story) takeDown(ctx context.Context) error {
	s.feeder.producer.Close()
	s.counter.consumer.Close()
	s.step("The way back", "Functions go in the order of the data flow, each after it has processed what waits for it. Topics hold\ndata, so deleting them has to be asked for and allowed.")
	_, err := s.run(ctx, 0, "destroy", "mesh-v2.yaml", "--yes", "--delete-topics", "--allow", "topic-data")
	return err
}
