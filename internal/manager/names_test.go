package manager_test

import (
	neturl "net/url"

	"github.com/meshc/meshc/compiler/mesh"
)

type (
	url    = neturl.URL
	meshID = mesh.ID
)
