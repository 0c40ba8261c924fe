package admin

import "context"

// Permissions returns what each role may do in a namespace, such as "functions" or
// "produce". GET /admin/v2/namespaces/{tenant}/{namespace}/permissions.
func (c *Client) Permissions(ctx context.Context, tenant, namespace string) (map[string][]string, error) {
	roles := map[string][]string{}
	return roles, c.read(ctx, get("admin", "v2", "namespaces", tenant, namespace, "permissions").needing(tenantAdmin(tenant)), &roles)
}

// TenantAdmins returns the roles that administer a tenant.
// GET /admin/v2/tenants/{tenant}.
func (c *Client) TenantAdmins(ctx context.Context, tenant string) ([]string, error) {
	var info struct {
		AdminRoles []string `json:"adminRoles"`
	}
	return info.AdminRoles, c.read(ctx, get("admin", "v2", "tenants", tenant).needing(superuser), &info)
}
