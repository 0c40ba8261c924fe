package artifact

import "maps"

// ValueClasses are the classes of the table of values, for the test that asks a JVM.
func ValueClasses() []string {
	var list []string
	for class := range maps.Keys(values) {
		list = append(list, class)
	}
	return list
}
