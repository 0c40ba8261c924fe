// Command gen writes the custom resource definitions of package crds into the working
// folder, one a file.
package main

import (
	"bytes"
	"fmt"
	"os"

	"gopkg.in/yaml.v3"
)

const (
	group   = "compute.functionmesh.io"
	version = "v1alpha1"
	notice  = "# Made by gen; edit its table and run make generate.\n"
)

func main() {
	for _, k := range kinds() {
		if err := os.WriteFile(k.plural+".yaml", render(k), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// render returns the file of a kind.
func render(k kind) []byte {
	root := object(fields{
		"apiVersion": text, "kind": text, "metadata": schema{"type": "object"},
		"spec": k.spec, "status": k.status,
	})
	if k.keepsUnknown {
		root["x-kubernetes-preserve-unknown-fields"] = true
	}
	subresources := schema{"status": schema{}}
	if k.scale {
		subresources["scale"] = schema{
			"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas", "labelSelectorPath": ".status.selector",
		}
	}
	crd := schema{
		"apiVersion": "apiextensions.k8s.io/v1",
		"kind":       "CustomResourceDefinition",
		"metadata":   schema{"name": k.plural + "." + group},
		"spec": schema{
			"group": group,
			"names": schema{"kind": k.name, "listKind": k.name + "List", "plural": k.plural, "singular": k.singular},
			"scope": "Namespaced",
			"versions": []any{schema{
				"name": version, "served": true, "storage": true,
				"schema": schema{"openAPIV3Schema": root}, "subresources": subresources,
			}},
		},
	}
	var out bytes.Buffer
	out.WriteString(notice)
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(crd); err != nil {
		panic(err) // the table holds nothing that YAML cannot
	}
	return out.Bytes()
}
