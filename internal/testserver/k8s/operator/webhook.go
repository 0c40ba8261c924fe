package operator

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

// webhooks are the operator's for Functions, Sources and Sinks: defaults at each write,
// verdicts at creation. There is none for FunctionMeshes.
type webhooks struct {
	server *httptest.Server
	rest   *client
	name   string
}

const registration = "/apis/admissionregistration.k8s.io/v1/"

// startWebhooks serves the webhooks and registers them for the namespace alone. It
// returns when the API server asks them.
func startWebhooks(ctx context.Context, rest *client) (*webhooks, error) {
	mux := http.NewServeMux()
	mux.HandleFunc("/mutate", admit(mutate))
	mux.HandleFunc("/validate", admit(validate))
	w := &webhooks{server: httptest.NewTLSServer(mux), rest: rest, name: "stand-in-" + rest.namespace}
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: w.server.Certificate().Raw})
	for _, step := range []struct{ plural, kind, path, letter string }{
		{"mutatingwebhookconfigurations", "MutatingWebhookConfiguration", "/mutate", "m"},
		{"validatingwebhookconfigurations", "ValidatingWebhookConfiguration", "/validate", "v"},
	} {
		var hooks []any
		for _, k := range kinds {
			hooks = append(hooks, object{
				"name": step.letter + k.component + ".kb.io", "admissionReviewVersions": []string{"v1"}, "sideEffects": "None", "failurePolicy": "Fail",
				"clientConfig":      object{"url": w.server.URL + step.path, "caBundle": ca},
				"namespaceSelector": object{"matchLabels": object{"kubernetes.io/metadata.name": rest.namespace}},
				"rules": []any{object{
					"apiGroups": []string{computeGroup}, "apiVersions": []string{"v1alpha1"},
					"operations": []string{"CREATE", "UPDATE"}, "resources": []string{k.resource.plural},
				}},
			})
		}
		body := object{"apiVersion": "admissionregistration.k8s.io/v1", "kind": step.kind, "metadata": object{"name": w.name}, "webhooks": hooks}
		if _, err := rest.call(ctx, http.MethodPost, registration+step.plural, "application/json", body); err != nil {
			w.close()
			return nil, err
		}
	}
	if err := w.await(ctx); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

// await returns when a creation that the webhooks refuse is refused.
func (w *webhooks) await(ctx context.Context) error {
	bad := object{"apiVersion": computeAPI, "metadata": object{"name": "stand-in-probe"}, "spec": object{}}
	for end := time.Now().Add(30 * time.Second); ; {
		refused := 0
		for _, k := range kinds {
			bad["kind"] = k.name
			_, err := w.rest.call(ctx, http.MethodPost, w.rest.path(k.resource, "")+"?dryRun=All", "application/json", bad)
			if err != nil && strings.Contains(err.Error(), "denied the request") {
				refused++
			}
		}
		switch {
		case refused == len(kinds):
			return nil
		case time.Now().After(end):
			return errors.New("the API server does not ask the webhooks")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// close takes the registration back and ends the server.
func (w *webhooks) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for _, plural := range []string{"mutatingwebhookconfigurations", "validatingwebhookconfigurations"} {
		// A server that is gone keeps a registration that concerns this namespace only.
		_, _ = w.rest.call(ctx, http.MethodDelete, registration+plural+"/"+w.name, "application/json", nil)
	}
	w.server.Close()
}

// review is the request of an AdmissionReview.
type review struct {
	UID       string
	Kind      struct{ Kind string }
	Operation string
	Object    object
}

// admit answers AdmissionReviews with what decide says.
func admit(decide func(k kind, r review) object) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		var in struct{ Request review }
		body, err := io.ReadAll(req.Body)
		if err == nil {
			err = decode(body, &in)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		answer := object{"allowed": true}
		for _, k := range kinds {
			if k.name == in.Request.Kind.Kind {
				answer = decide(k, in.Request)
			}
		}
		answer["uid"] = in.Request.UID
		w.Header().Set("Content-Type", "application/json")
		// A client that has gone away needs no answer.
		_ = json.NewEncoder(w).Encode(object{"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": answer})
	}
}

func mutate(k kind, r review) object {
	spec, err := defaults(k, r.Object)
	if err != nil {
		return refusal(k, r, []string{err.Error()})
	}
	patch, err := json.Marshal([]any{object{"op": "add", "path": "/spec", "value": spec}})
	if err != nil {
		return refusal(k, r, []string{err.Error()})
	}
	return object{"allowed": true, "patchType": "JSONPatch", "patch": patch} // bytes become base64
}

// validate judges creations; the operator lets each update pass.
func validate(k kind, r review) object {
	if r.Operation != "CREATE" {
		return object{"allowed": true}
	}
	if problems := verdict(k, r.Object); len(problems) > 0 {
		return refusal(k, r, problems)
	}
	return object{"allowed": true}
}

func refusal(k kind, r review, problems []string) object {
	said := strings.Join(problems, ", ")
	if len(problems) > 1 {
		said = "[" + said + "]"
	}
	return object{"allowed": false, "status": object{
		"code": http.StatusUnprocessableEntity, "reason": "Invalid",
		"message": fmt.Sprintf("%s.%s %q is invalid: %s", k.name, computeGroup, r.Object.name(), said),
	}}
}
