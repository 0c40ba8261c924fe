package kube

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// status is the metav1.Status of an answer.
type status struct {
	Kind    string `json:"kind"`
	Message string `json:"message"`
	Reason  string `json:"reason"`
	Details struct {
		Name   string `json:"name"`
		Kind   string `json:"kind"`
		Causes []struct {
			Reason  string `json:"reason"`
			Message string `json:"message"`
			Field   string `json:"field"`
		} `json:"causes"`
		RetryAfterSeconds int `json:"retryAfterSeconds"`
	} `json:"details"`
}

// refusal makes an error of an answer that is no success.
func (c *Client) refusal(op Op, resp *http.Response) error {
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	var s status
	if json.Unmarshal(text, &s) != nil || s.Kind != "Status" {
		s = status{Message: string(text)} // a proxy in between, or the server before it is up
	}
	after := time.Duration(s.Details.RetryAfterSeconds) * time.Second
	if n, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil {
		after = time.Duration(n) * time.Second
	}
	message := clean(s.Message)
	if message == "" {
		message = http.StatusText(resp.StatusCode)
	}
	switch code := resp.StatusCode; code {
	case http.StatusUnauthorized:
		return &Unauthorized{URL: c.plain, Message: message}
	case http.StatusForbidden:
		return forbidden(op, s, message)
	case http.StatusNotFound:
		return notFound(op, s)
	case http.StatusConflict:
		return conflict(op, s, message)
	case http.StatusTooManyRequests:
		return &Temporary{Op: op, After: after, Overload: true, Message: message}
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return invalid(op, s, message, code)
	case http.StatusInternalServerError:
		// Server-side apply has no better word for an object that is against the schema.
		if fields := typedPatch(s.Message); fields != nil {
			return &Invalid{Op: op, Message: message, Fields: fields}
		}
		if strings.Contains(message, "failed calling webhook") {
			// It answered nothing, so that the server did not go on.
			return &Temporary{Op: op, After: after, Message: message}
		}
	case http.StatusServiceUnavailable:
		// Said by a server that starts, and by proxies that cannot get to one; one that
		// stops may have begun.
		return &Unknown{Op: op, After: after, Err: errors.New(message)}
	}
	if resp.StatusCode >= 500 {
		return &Unknown{Op: op, After: after, Err: fmt.Errorf("%d: %s", resp.StatusCode, message)}
	}
	return &Refused{Op: op, Status: resp.StatusCode, Message: message}
}

var (
	deniedBy    = regexp.MustCompile(`admission webhook "([^"]+)" denied the request:? ?(.*)`)
	cannot      = regexp.MustCompile(`User "([^"]*)" cannot `)
	wantedBy    = regexp.MustCompile(`conflict with "([^"]*)"(?: with subresource "([^"]*)")?`)
	fieldOfText = regexp.MustCompile(`(?m)(?:^|\s)\.([^\s:]+(?:\[[^\]]*\][^\s:]*)*): ([^\n]+)$`)
	unknownOf   = regexp.MustCompile(`(unknown|duplicate) field "([^"]+)"`)
)

func forbidden(op Op, s status, message string) error {
	if m := deniedBy.FindStringSubmatch(message); m != nil {
		return &Invalid{Op: op, Webhook: m[1], Message: m[2], Fields: fieldsOf(s)}
	}
	if m := cannot.FindStringSubmatch(message); m != nil {
		return &Forbidden{Op: op, User: m[1], Message: message}
	}
	for _, c := range s.Details.Causes {
		if c.Reason == "NamespaceTerminating" {
			return &Refused{Op: op, Status: http.StatusForbidden, Message: "namespace " + op.Namespace + " is being deleted"}
		}
	}
	if strings.Contains(message, "exceeded quota") {
		return &Refused{Op: op, Status: http.StatusForbidden, Message: message}
	}
	return &Forbidden{Op: op, Message: message}
}

// notFound tells apart what is missing: an answer about a kind that is not served
// says nothing of a name.
func notFound(op Op, s status) error {
	return &NotFound{Op: op,
		NoKind:      op.Path == "" && s.Details.Name == "" && (s.Details.Kind == "" || strings.Contains(s.Message, "could not find the requested resource")),
		NoNamespace: s.Details.Kind == Namespaces.Plural && op.Resource != Namespaces}
}

func conflict(op Op, s status, message string) error {
	if s.Reason == "AlreadyExists" {
		return &Exists{Op: op}
	}
	e := &Conflict{Op: op}
	for _, c := range s.Details.Causes {
		if c.Reason != "FieldManagerConflict" {
			continue
		}
		cause := Cause{Field: clean(c.Field)}
		if m := wantedBy.FindStringSubmatch(c.Message); m != nil {
			cause.Manager, cause.Subresource = clean(m[1]), clean(m[2])
		}
		e.Causes = append(e.Causes, cause)
	}
	if len(e.Causes) == 0 {
		return &Moved{Op: op, Message: message}
	}
	slices.SortStableFunc(e.Causes, func(a, b Cause) int { return cmp.Compare(a.Field, b.Field) })
	return e
}

func invalid(op Op, s status, message string, code int) error {
	e := &Invalid{Op: op, Message: message, Fields: fieldsOf(s)}
	if slices.ContainsFunc(e.Fields, func(f FieldError) bool { return f.Field == "metadata.uid" }) {
		// This is how apply says that the object is another one.
		return &Moved{Op: op, Message: message}
	}
	if m := deniedBy.FindStringSubmatch(message); m != nil {
		e.Webhook, e.Message = m[1], m[2]
	}
	if len(e.Fields) == 0 {
		for _, m := range unknownOf.FindAllStringSubmatch(s.Message, -1) {
			e.Fields = append(e.Fields, FieldError{Field: clean(m[2]), Message: m[1] + " field"})
		}
	}
	if code == http.StatusBadRequest && len(e.Fields) == 0 && e.Webhook == "" && s.Reason != "Invalid" && !strings.Contains(message, "decod") {
		return &Refused{Op: op, Status: code, Message: message}
	}
	return e
}

func fieldsOf(s status) []FieldError {
	var out []FieldError
	for _, c := range s.Details.Causes {
		if c.Field != "" && c.Field != "<nil>" {
			out = append(out, FieldError{Field: strings.TrimPrefix(clean(c.Field), "."), Message: clean(c.Message)})
		}
	}
	return out
}

// typedPatch reads what server-side apply says about an object against the schema,
// such as "failed to create typed patch object (...): .spec.replicas: expected
// numeric (int or float), got string"; nil for another text.
func typedPatch(message string) []FieldError {
	_, rest, ok := strings.Cut(message, "failed to create typed patch object (")
	if !ok {
		if !strings.Contains(message, "field not declared in schema") {
			return nil
		}
		rest = message
	} else if _, after, cut := strings.Cut(rest, "): "); cut {
		rest = after
	}
	out := []FieldError{}
	for _, m := range fieldOfText.FindAllStringSubmatch(rest, -1) {
		out = append(out, FieldError{Field: clean(m[1]), Message: clean(m[2])})
	}
	return out
}

// unanswered makes an error of a request without an answer.
func (c *Client) unanswered(ctx context.Context, r request, err error, sent bool) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", r.op, context.Cause(ctx))
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	if sent {
		return &Unknown{Op: r.op, Err: err}
	}
	var (
		op        *net.OpError
		dns       *net.DNSError
		timeout   net.Error
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
		verify    *tls.CertificateVerificationError
		record    tls.RecordHeaderError
	)
	switch {
	case strings.Contains(err.Error(), "getting credentials"):
		return &Unauthorized{URL: c.plain, Err: err}
	case errors.As(err, &authority), errors.As(err, &host), errors.As(err, &invalid), errors.As(err, &verify), errors.As(err, &record):
		return &NotReached{URL: c.plain, Err: err}
	case errors.As(err, &op), errors.As(err, &dns), errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &NotReached{URL: c.plain, Err: err, passes: true}
	}
	return &NotReached{URL: c.plain, Err: err}
}

const maxText = 800

// clean makes outside text safe for a terminal: one line, nothing invisible or
// that moves the cursor, and not endless.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return '?'
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > maxText {
		s = string(slices.Concat(runes[:maxText], []rune("...")))
	}
	return s
}
