package cli

import (
	"github.com/spf13/cobra"

	"github.com/meshc/meshc/compiler/foreign/functionmesh/operator"
)

// operatorVersion is a flag with a version of the Function Mesh operator.
type operatorVersion struct {
	features *operator.Features
	text     string
}

// String implements pflag.Value.
func (v *operatorVersion) String() string { return v.text }

// Type implements pflag.Value.
func (*operatorVersion) Type() string { return "VERSION" }

// Set implements pflag.Value; it takes what operator.OfVersion knows.
func (v *operatorVersion) Set(s string) error {
	f, err := operator.OfVersion(s)
	if err != nil {
		return err
	}
	*v.features, v.text = f, s
	return nil
}

// addOperatorVersion adds --operator-version; without it *features stays the zero
// value, and otherwise says what counts then.
func addOperatorVersion(cmd *cobra.Command, features *operator.Features, otherwise string) {
	cmd.Flags().Var(&operatorVersion{features: features}, "operator-version", "check for the fields of this `VERSION` of the Function Mesh operator, such as 0.26; default: "+otherwise)
	complete(cmd, "operator-version", operator.Versions()...)
}
