package operator

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// madeOf annotates a StatefulSet with a digest of what it was made of, so that what a
// spec no longer says is seen too.
const madeOf = "stand-in.meshc/made-of"

// codeFrom annotates pods with the location of their code.
const codeFrom = "stand-in.meshc/code-from"

func setName(k kind, c object) string     { return c.name() + "-" + k.component }
func serviceName(k kind, c object) string { return setName(k, c) + "-headless" }

// labels are the operator's on a StatefulSet, its Service and its pods.
func labels(k kind, c object) object {
	ns := c.text("metadata", "namespace")
	out := object{
		"app.kubernetes.io/name": setName(k, c), "app.kubernetes.io/instance": setName(k, c),
		computeGroup + "/component": k.component, computeGroup + "/name": c.name(), computeGroup + "/namespace": ns,
		"component": k.component, "name": c.name(), "namespace": ns,
	}
	if k.component == "function" {
		out["app"], out[computeGroup+"/app"] = "function-mesh", "function-mesh"
	}
	return out
}

func selectorText(k kind, c object) string {
	all := labels(k, c)
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(all)) {
		parts = append(parts, key+"="+all.text(key))
	}
	return strings.Join(parts, ",")
}

// statefulSet returns the StatefulSet of a child, as JSON would read it back.
func statefulSet(k kind, c object) (object, error) {
	command, err := command(k, c)
	if err != nil {
		return nil, err
	}
	spec := c.sub("spec")
	podLabels := labels(k, c)
	maps.Copy(podLabels, spec.sub("pod", "labels"))
	annotations := object{"prometheus.io/scrape": "true", "prometheus.io/port": "9094"}
	maps.Copy(annotations, spec.sub("pod", "annotations"))
	for runtime, location := range map[string]string{"java": "jarLocation", "python": "pyLocation", "golang": "goLocation"} {
		if from := spec.text(runtime, location); from != "" {
			// The operator's command downloads from there, so other code makes other pods.
			annotations[codeFrom] = from
		}
	}

	container := object{
		"name": "pulsar-" + k.component, "image": orElse(spec.text("image"), "streamnative/pulsar-all:2.10.0.0-rc10"),
		"imagePullPolicy": "IfNotPresent", "command": []string{"/bin/sh", "-c", command}, "env": environment(spec),
		"ports": []any{
			object{"name": "tcp-grpc", "containerPort": 9093, "protocol": "TCP"},
			object{"name": "http-metrics", "containerPort": 9094, "protocol": "TCP"},
		},
	}
	template := object{"containers": []any{container}}
	copyInto(container, spec, "resources", "volumeMounts")
	copyInto(template, spec.sub("pod"), "nodeSelector", "affinity", "tolerations", "securityContext", "volumes",
		"imagePullSecrets", "initContainers", "terminationGracePeriodSeconds", "serviceAccountName")

	set := object{"replicas": replicas(spec)}
	set["serviceName"] = serviceName(k, c)
	set["selector"] = object{"matchLabels": labels(k, c)}
	set["podManagementPolicy"] = "Parallel"
	set["updateStrategy"] = object{"type": "RollingUpdate"}
	set["template"] = object{"metadata": object{"labels": podLabels, "annotations": annotations}, "spec": template}
	copyInto(set, spec, "volumeClaimTemplates", "persistentVolumeClaimRetentionPolicy")
	data, err := json.Marshal(set)
	if err != nil {
		return nil, err
	}
	whole := object{
		"apiVersion": "apps/v1", "kind": "StatefulSet", "spec": set,
		"metadata": object{
			"name": setName(k, c), "namespace": c.at("metadata", "namespace"), "labels": labels(k, c), "ownerReferences": c.owner(computeAPI, k.name),
			"annotations": object{madeOf: fmt.Sprintf("%x", sha256.Sum256(data))},
		},
	}
	if data, err = json.Marshal(whole); err != nil {
		return nil, err
	}
	var out object
	err = decode(data, &out)
	return out, err
}

// replicas are those of a spec with the webhook's defaults: minReplicas, else 1.
func replicas(spec object) any {
	for _, field := range []string{"replicas", "minReplicas"} {
		if spec.has(field) {
			return spec[field]
		}
	}
	return 1
}

// environment is what a container gets: where Pulsar is, its name, secrets, the pod's own.
func environment(spec object) []any {
	from := func(name, kind, object_, key string) object {
		return object{"name": name, "valueFrom": object{kind: object{"name": object_, "key": key}}}
	}
	var env []any
	for _, e := range spec.list("pod", "env") {
		env = append(env, e)
	}
	env = append(env, object{"name": "POD_NAME", "valueFrom": object{"fieldRef": object{"fieldPath": "metadata.name", "apiVersion": "v1"}}})
	messaging := spec.sub("pulsar")
	for _, key := range []string{"webServiceURL", "brokerServiceURL"} {
		env = append(env, from(key, "configMapKeyRef", messaging.text("pulsarConfig"), key))
	}
	if secret := messaging.text("authSecret"); secret != "" && !messaging.has("authConfig") {
		for _, key := range []string{"clientAuthenticationPlugin", "clientAuthenticationParameters"} {
			env = append(env, from(key, "secretKeyRef", secret, key))
		}
	}
	secrets := spec.sub("secretsMap")
	for _, name := range slices.Sorted(maps.Keys(secrets)) {
		env = append(env, from(name, "secretKeyRef", secrets.text(name, "path"), secrets.text(name, "key")))
	}
	return env
}

// headless returns the Service of a child.
func headless(k kind, c object) object {
	return object{
		"apiVersion": "v1", "kind": "Service",
		"metadata": object{
			"name": serviceName(k, c), "namespace": c.at("metadata", "namespace"), "labels": labels(k, c), "ownerReferences": c.owner(computeAPI, k.name),
		},
		"spec": object{"clusterIP": "None", "selector": labels(k, c), "ports": []any{
			object{"name": "tcp-grpc", "port": 9093, "protocol": "TCP"}, object{"name": "http-metrics", "port": 9094, "protocol": "TCP"},
		}},
	}
}

func copyInto(to, from object, fields ...string) {
	for _, f := range fields {
		if from.has(f) {
			to[f] = from[f]
		}
	}
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
