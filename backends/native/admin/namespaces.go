package admin

import (
	"context"
	"net/http"
	"slices"
)

func namespacePath(tenant, namespace, rest string) string {
	return "/admin/v2/namespaces/" + tenant + "/" + namespace + rest
}

func tenantAdmin(tenant string) string { return "to be an administrator of tenant " + tenant }

// Namespaces lists the namespaces of a tenant as "tenant/namespace"; a tenant
// that does not exist is NotFound. GET /admin/v2/namespaces/{tenant}.
func (c *Client) Namespaces(ctx context.Context, tenant string) ([]string, error) {
	var names []string
	err := again(ctx, http.MethodGet, func() (err error) {
		names, err = c.pulsar.Namespaces().GetNamespacesWithContext(ctx, tenant)
		return library(http.MethodGet, "/admin/v2/namespaces/"+tenant, tenantAdmin(tenant), err)
	})
	return names, err
}

// NamespaceExists tells whether a namespace is there. It lists the tenant,
// where a namespace that is not there is no error. A role
// that may not is let into the namespace, if at all, by permissions, and those
// are part of it: what it can list the topics of is there.
func (c *Client) NamespaceExists(ctx context.Context, tenant, namespace string) (bool, error) {
	names, err := c.Namespaces(ctx, tenant)
	if Classify(err) == Unauthorized {
		t := topicName{tenant: tenant, namespace: namespace}
		var topics []string
		k := get("admin", "v2", "persistent", tenant, namespace, "partitioned").needing(t.reads() + "; without that, a namespace that does not exist looks the same")
		if err = c.read(ctx, k, &topics); err == nil {
			return true, nil
		}
	}
	if Classify(err) == NotFound {
		return false, nil
	}
	return slices.Contains(names, tenant+"/"+namespace), err
}

// CreateNamespace makes a namespace with the broker's default policies; one that
// is there is Exists. PUT /admin/v2/namespaces/{tenant}/{namespace}.
func (c *Client) CreateNamespace(ctx context.Context, tenant, namespace string) error {
	name, err := namespaceName(tenant, namespace)
	if err != nil {
		return err
	}
	err = c.pulsar.Namespaces().CreateNamespaceWithContext(ctx, name.String())
	return library(http.MethodPut, namespacePath(tenant, namespace, ""), tenantAdmin(tenant), err)
}

// SetNamespaceProperties adds properties to those that a namespace has, and
// replaces those of the same key. PUT /admin/v2/namespaces/{tenant}/{namespace}/properties.
func (c *Client) SetNamespaceProperties(ctx context.Context, tenant, namespace string, props map[string]string) error {
	name, err := namespaceName(tenant, namespace)
	if err != nil {
		return err
	}
	err = c.pulsar.Namespaces().UpdatePropertiesWithContext(ctx, name, props)
	return library(http.MethodPut, namespacePath(tenant, namespace, "/properties"), tenantAdmin(tenant), err)
}

// DeleteNamespace removes an empty namespace; one with topics is Busy.
// DELETE /admin/v2/namespaces/{tenant}/{namespace}.
func (c *Client) DeleteNamespace(ctx context.Context, tenant, namespace string) error {
	name, err := namespaceName(tenant, namespace)
	if err != nil {
		return err
	}
	err = c.pulsar.Namespaces().DeleteNamespaceWithContext(ctx, name.String())
	return library(http.MethodDelete, namespacePath(tenant, namespace, ""), tenantAdmin(tenant), err)
}
