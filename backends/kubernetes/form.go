package kubernetes

// formField is the field of components that says in which form they are resources.
// A mesh that goes from one form to the other has its components replaced.
const formField = "form"

func form(own bool) string {
	if own {
		return "component"
	}
	return "mesh"
}
