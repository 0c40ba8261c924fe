// Command gen writes schema/mesh.schema.json; run it by `go generate ./schema`.
package main

import (
	"log"
	"os"

	"github.com/meshc/meshc/schema"
)

func main() {
	if err := os.WriteFile("mesh.schema.json", schema.Generate(), 0o644); err != nil {
		log.Fatal(err)
	}
}
