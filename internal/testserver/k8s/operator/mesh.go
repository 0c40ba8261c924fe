package operator

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// kind is one of the three kinds of children.
type kind struct {
	resource  resource
	name      string // Function
	component string // function: suffix of names, and a label
	list      string // of the mesh's spec
	condition string // of the mesh's status
}

var kinds = []kind{
	{resource{meshes.prefix, "functions"}, "Function", "function", "functions", "functionConditions"},
	{resource{meshes.prefix, "sources"}, "Source", "source", "sources", "sourceConditions"},
	{resource{meshes.prefix, "sinks"}, "Sink", "sink", "sinks", "sinkConditions"},
}

func condition(name, status, action string) object {
	return object{"condition": name, "status": status, "action": action}
}

// mesh is one pass of the operator over a FunctionMesh.
func (o *Operator) mesh(ctx context.Context, c cluster, m object) error {
	if !m.managed() || m.deleted() {
		return nil
	}
	status := object{}
	ready := true
	for _, k := range kinds {
		conditions := observe(c, m, k)
		for name := range conditions {
			ready = ready && conditions.text(name, "status") == "True" && conditions.text(name, "condition") != "Orphaned"
		}
		status[k.condition] = conditions
	}
	status["condition"] = condition("MeshReady", "False", "Wait")
	if ready {
		status["condition"] = condition("MeshReady", "True", "NoAction")
	}
	if err := o.meshStatus(ctx, m, status); err != nil {
		return err
	}
	for _, k := range kinds {
		for _, element := range m.list("spec", k.list) {
			if err := o.element(ctx, c, m, k, element); err != nil {
				return err // later elements have to wait, and what left the mesh stays
			}
		}
	}
	for _, k := range kinds {
		conditions := status[k.condition].(object)
		for _, name := range slices.Sorted(maps.Keys(conditions)) {
			if conditions.text(name, "condition") != "Orphaned" {
				continue
			}
			if err := o.rest.delete(ctx, k.resource, m.name()+"-"+name); err != nil {
				return err
			}
			delete(c[k.resource], m.name()+"-"+name)
			conditions[name] = nil // a merge patch removes it so
		}
	}
	status["observedGeneration"] = m.at("metadata", "generation")
	return o.meshStatus(ctx, m, status)
}

// meshStatus writes the status where it says something new.
func (o *Operator) meshStatus(ctx context.Context, m, status object) error {
	merged := object(maps.Clone(m.sub("status")))
	for key, value := range status {
		if conditions, ok := value.(object); ok && key != "condition" {
			kept := object(maps.Clone(merged.sub(key)))
			for name, c := range conditions {
				if kept[name] = c; c == nil {
					delete(kept, name)
				}
			}
			value = kept
		}
		merged[key] = value
	}
	if same(merged, m.sub("status")) {
		return nil
	}
	if err := o.rest.status(ctx, meshes, m.name(), status); err != nil {
		return err
	}
	m["status"] = map[string]any(merged)
	return nil
}

// observe says of each element of a kind whether its child is there, and of what the
// status knows and the spec does not that it is an orphan.
func observe(c cluster, m object, k kind) object {
	out := object{}
	for name := range m.sub("status", k.condition) {
		out[name] = condition("Orphaned", "True", "Delete")
	}
	for _, element := range m.list("spec", k.list) {
		name := element.text("name")
		out[name] = condition(k.name+"Ready", "False", "Create")
		child := c.get(k.resource, m.name()+"-"+name)
		switch {
		case child == nil:
		case !child.has("status"):
			out[name] = condition(k.name+"Ready", "False", "Wait")
		default:
			set, service := child.text("status", "conditions", "StatefulSet", "status"), child.text("status", "conditions", "Service", "status")
			out[name] = condition(k.name+"Ready", "False", "Wait")
			if set == "True" && service == "True" { // pods or not
				out[name] = condition(k.name+"Ready", "True", "NoAction")
			}
		}
	}
	return out
}

// element creates or overwrites the child of an element.
func (o *Operator) element(ctx context.Context, c cluster, m object, k kind, element object) error {
	name := m.name() + "-" + element.text("name")
	child := c.get(k.resource, name)
	if child == nil {
		if len(name) > 43 {
			err := fmt.Errorf("%s %s has more than 43 characters: the operator's webhook refuses it", k.name, name)
			o.fail(err)
			return err
		}
		made, err := o.rest.create(ctx, k.resource, object{
			"apiVersion": computeAPI, "kind": k.name, "spec": element,
			"metadata": object{"name": name, "namespace": o.opts.Namespace, "ownerReferences": m.owner(computeAPI, "FunctionMesh")},
		})
		if err == nil {
			c[k.resource][name] = made
		}
		return err
	}
	// An autoscaler's replicas are left alone only while the mesh does not change.
	unchanged := m.text("status", "observedGeneration") == m.generation()
	if element.has("maxReplicas") && unchanged && m.text("status", k.condition, element.text("name"), "status") == "True" {
		return nil
	}
	if same(child.at("spec"), map[string]any(element)) {
		return nil
	}
	child["spec"] = element
	made, err := o.rest.update(ctx, k.resource, child)
	if err == nil {
		c[k.resource][name] = made
	}
	return err
}
