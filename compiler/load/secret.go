package load

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/meshc/meshc/compiler/diag"
	"github.com/meshc/meshc/compiler/syntax"
	"github.com/meshc/meshc/schema/fields"
)

// mode says what the entries of a value are.
type mode int

const (
	fieldsOf mode = iota // fields of a kind
	manyOf               // mappings of fields of a kind, in a list or by names of the user's
	settings             // settings of the node's own code, one level below
	free                 // such settings
	closed               // nothing that settings could stand in
)

// place is where a value stands, as far as sensitive values are concerned.
type place struct {
	mode mode
	kind fields.Kind
	key  string
	// secrets tells that values here refer to a secrets provider.
	secrets bool
}

// below gives the place of a key's value.
func (p place) below(key string) place {
	next := place{mode: closed, key: key, secrets: p.secrets}
	switch p.mode {
	case settings, free:
		next.mode = free
	case manyOf:
		next.mode, next.kind = fieldsOf, p.kind
	case fieldsOf:
		next.secrets = key == "secrets" || key == "secretsMap"
		f, known := fields.Lookup(p.kind, key)
		switch {
		case !known:
			next.mode = free // the checker says that it does not belong here
		case f.Type == fields.Map && p.kind != fields.Kubernetes:
			next.mode = settings
		case f.Type == fields.Object || f.Type == fields.Place:
			next.mode, next.kind = fieldsOf, f.Below
		case f.Type == fields.Objects || f.Type == fields.ObjectMap:
			next.mode, next.kind = manyOf, f.Below
		}
	}
	return next
}

// item gives the place of a list's item.
func (p place) item() place {
	switch p.mode {
	case free:
	case manyOf:
		p.mode = fieldsOf
	default:
		p.mode = closed
	}
	return p
}

// kept gives a value that was put in, unless it may not stand here: a sensitive
// one where it would be shown, or decide what there is.
func (e *expander) kept(n *syntax.Node, at place) *syntax.Node {
	if at.mode == free || n.From == "" {
		return n
	}
	e.list.Add(diag.SensitivePlace, n.Span, fmt.Sprintf("`%s` would show the value of %s, which is kept secret.", at.key, n.From),
		"Values of `${env:}` and `${file:}` are for settings of a node's own code, such as `userConfig`. For what is no secret use a variable: `--set variables.NAME=\"$VALUE\"`.")
	return holeAt(n)
}

// literal reports a value that stands in the files and looks like a secret, and
// gives it marked.
func (e *expander) literal(n *syntax.Node, at place) *syntax.Node {
	if at.mode != free || at.secrets || n.Kind != syntax.Scalar || n.Sensitive || n.Value == "" || !LooksSecret(at.key) {
		return n
	}
	if n.Type == syntax.Null || n.Type == syntax.Bool {
		return n
	}
	where := "in the file"
	if n.Span.File == SetFile {
		where = "on the command line"
	}
	e.list.Add(diag.LiteralSecret, n.Span, fmt.Sprintf("The value of `%s` looks like a secret, and stands %s for all to read.", at.key, where),
		"Take it from the environment or from a file: `${env:NAME}`, `${file:PATH}`. If it is no secret, say so by a comment `# meshc:ignore "+string(diag.LiteralSecret)+"` with the reason.")
	e.secrets = append(e.secrets, n.Span)
	out := *n
	out.Masked = true
	return &out
}

// secretWords are the last words of keys whose values are secrets.
var secretWords = map[string]bool{
	"password": true, "passwd": true, "pwd": true, "passphrase": true, "secret": true, "token": true,
	"credential": true, "credentials": true, "apikey": true, "privatekey": true, "secretkey": true, "accesskey": true,
}

// secretKeys are the words before a last word "key" that make it a secret.
var secretKeys = map[string]bool{"api": true, "private": true, "secret": true, "access": true, "encryption": true, "signing": true}

// LooksSecret tells from the name of a key whether its value is a secret, such as
// `password`, `clientSecret`, `api_key` or `db.private-key`. A key about a secret,
// such as `tokenUrl` or `passwordFile`, is none.
func LooksSecret(key string) bool {
	words := wordsOf(key)
	if len(words) == 0 {
		return false
	}
	last := words[len(words)-1]
	return secretWords[last] || last == "key" && len(words) > 1 && secretKeys[words[len(words)-2]]
}

// wordsOf takes a key apart at capitals and at all that is no letter or digit.
func wordsOf(key string) []string {
	var words []string
	var word strings.Builder
	end := func() {
		if word.Len() > 0 {
			words = append(words, strings.ToLower(word.String()))
			word.Reset()
		}
	}
	runes := []rune(key)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end()
			continue
		case unicode.IsUpper(r) && i > 0 && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]) && unicode.IsUpper(runes[i-1])):
			end()
		}
		word.WriteRune(r)
	}
	end()
	return words
}

// SecretSetting tells whether an argument of --set, "path=value", gives a value to
// what looks like a secret.
func SecretSetting(arg string) bool {
	path := pathOf(arg)
	return len(path) < len(arg) && slices.ContainsFunc(strings.FieldsFunc(path, func(r rune) bool { return strings.ContainsRune(".[]", r) }), LooksSecret)
}
