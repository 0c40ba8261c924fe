package records

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/meshc/meshc/backends/kubernetes/kube"
	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/planner/record"
)

// tries is how often a write is begun again since someone touched the object without
// writing a head.
const tries = 5

// Write implements record.Store.
func (s *Store) Write(ctx context.Context, next record.Head, body *record.Body) (record.Head, error) {
	id, err := mesh.ParseID(next.Mesh)
	if err != nil {
		return record.Head{}, fmt.Errorf("record: %w", err)
	}
	var data []byte
	if body != nil {
		if data, err = record.EncodeBody(body); err != nil {
			return record.Head{}, err
		}
	}
	w := &writing{Store: s, id: id, namespace: s.opts.Namespace(id), mark: mark()}
	at, kept, err := s.read(ctx, id)
	if err != nil {
		return record.Head{}, err
	}
	if err := record.Check(newestOf(kept), next); err != nil {
		return record.Head{}, err
	}
	if body != nil {
		base := bodyBase(id, next.Revision, w.mark)
		if next.Body, err = w.body(ctx, base, next.Revision, data); err != nil {
			return record.Head{}, s.told(err)
		}
	}
	for range tries {
		var stored record.Head
		if stored, err = w.head(ctx, at, kept, next); err == nil {
			if body != nil {
				w.prune(ctx, stored)
			}
			return stored, nil
		}
		if !kube.IsMoved(err) && !kube.IsExists(err) && !kube.IsNotFound(err) {
			break
		}
		var readErr error
		if at, kept, readErr = s.read(ctx, id); readErr != nil {
			return record.Head{}, readErr
		}
		if err := record.Check(newestOf(kept), next); err != nil {
			if body != nil {
				w.drop(next.Body)
			}
			return record.Head{}, err
		}
	}
	return record.Head{}, s.told(err)
}

func newestOf(kept []record.Head) record.Head {
	if len(kept) == 0 {
		return record.Head{}
	}
	return kept[0]
}

// writing is one write.
type writing struct {
	*Store
	id        mesh.ID
	namespace string
	// mark tells it from all others.
	mark string
}

func mark() string {
	var b [4]byte
	for i := range b {
		b[i] = byte(rand.Uint32())
	}
	return hex.EncodeToString(b[:])
}

// body writes a body in parts, and gives its place.
func (w *writing) body(ctx context.Context, base string, revision int64, data []byte) (string, error) {
	parts := slices.Collect(slices.Chunk(data, mostPart))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(bodiesAtOnce)
	for i, part := range parts {
		g.Go(func() error {
			o := configMap(w.namespace, partName(base, i), map[string]any{
				recordLabel: ofBody, ofLabel: key(w.id), bodyLabel: base, revisionLabel: strconv.FormatInt(revision, 10),
			})
			o["immutable"] = true
			o["binaryData"] = map[string]any{bodyKey: encoded(part)}
			_, err := w.kube.Create(ctx, kube.ConfigMaps, o, kube.Options{})
			var unknown *kube.Unknown
			if errors.As(err, &unknown) && ctx.Err() == nil {
				// No one else takes this name.
				if _, err = w.kube.Create(ctx, kube.ConfigMaps, o, kube.Options{}); kube.IsExists(err) {
					err = nil
				}
			}
			return err
		})
	}
	place := base + "/" + strconv.Itoa(len(parts))
	if err := g.Wait(); err != nil {
		w.drop(place)
		return "", err
	}
	return place, nil
}

// head writes the newest head over at, which has the kept ones.
func (w *writing) head(ctx context.Context, at kube.Object, kept []record.Head, next record.Head) (record.Head, error) {
	if len(kept) > 0 && kept[0].SameRun(next) {
		kept = kept[1:]
	}
	next.Before = ""
	if len(kept) > 0 {
		next.Before = strconv.FormatInt(kept[0].Revision, 10)
	}
	packed, err := packHeads(next, kept)
	if err != nil {
		return record.Head{}, err
	}
	o := configMap(w.namespace, headName(w.id), map[string]any{recordLabel: ofHead, ofLabel: key(w.id)})
	// For people; heads has all of it.
	o["data"] = map[string]any{meshKey: w.id.String(), writeKey: w.mark, "version": strconv.FormatInt(next.Version, 10),
		"action": string(next.Action), "outcome": string(next.Outcome), "author": next.Author}
	o["binaryData"] = map[string]any{headsKey: encoded(packed)}
	var written kube.Written
	if at == nil {
		written, err = w.kube.Create(ctx, kube.ConfigMaps, o, kube.Options{})
	} else {
		o.Map("metadata")["resourceVersion"] = at.Version()
		o.Map("metadata")["uid"] = at.UID()
		written, err = w.kube.Update(ctx, kube.ConfigMaps, o, kube.Options{})
	}
	stored := written.Object
	var unknown *kube.Unknown
	if errors.As(err, &unknown) && ctx.Err() == nil {
		if now, kept, readErr := w.read(ctx, w.id); readErr == nil && newestOf(kept).Revision >= next.Revision {
			if now.Text("data", writeKey) != w.mark {
				// Ours got through and was followed, or another one has written: who reads
				// history knows.
				return record.Head{}, err
			}
			stored, err = now, nil // the answer was lost
		}
	}
	if err != nil {
		return record.Head{}, err
	}
	heads, err := headsOf(stored)
	if err != nil {
		return record.Head{}, err
	}
	return heads[0], nil
}

// afterwards bounds what is done when the outcome is certain.
const afterwards = 10 * time.Second

// prune deletes the bodies that no version needs: those older than what is kept, and
// those of writers that lost. What it cannot delete the next one tries again.
func (w *writing) prune(ctx context.Context, newest record.Head) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterwards)
	defer cancel()
	_, kept, err := w.read(ctx, w.id)
	if err != nil {
		return
	}
	needed := map[string]bool{}
	for _, h := range kept {
		if base, _, ok := bodyPlace(h.Body); ok && h.Version > newest.Version-record.DefaultKeep {
			needed[base] = true
		}
	}
	all, err := w.kube.ListMetadata(ctx, kube.ConfigMaps, w.namespace, kube.Selector{Labels: recordLabel + "=" + ofBody + "," + ofLabel + "=" + key(w.id)})
	if err != nil {
		return
	}
	for _, o := range all {
		// What is for a later revision may still get its head.
		revision, err := strconv.ParseInt(o.Label(revisionLabel), 10, 64)
		if err == nil && revision <= newest.Revision && !needed[o.Label(bodyLabel)] {
			_ = w.kube.Delete(ctx, kube.Ref{Resource: kube.ConfigMaps, Namespace: w.namespace, Name: o.Name()}, kube.Deletion{UID: o.UID()})
		}
	}
}

// drop deletes a body that got no head, as far as it can.
func (w *writing) drop(place string) {
	ctx, cancel := context.WithTimeout(context.Background(), afterwards)
	defer cancel()
	base, parts, _ := bodyPlace(place)
	for i := range parts {
		_ = w.kube.Delete(ctx, kube.Ref{Resource: kube.ConfigMaps, Namespace: w.namespace, Name: partName(base, i)}, kube.Deletion{})
	}
}
