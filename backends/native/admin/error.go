package admin

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

// Sentinels for errors.Is.
var (
	// ErrExists matches each error whose class is Exists.
	ErrExists = errors.New("exists already")
	// ErrNotFound matches each error whose class is NotFound.
	ErrNotFound = errors.New("not found")
	// ErrPackagesOff matches the answer of a broker without package service.
	ErrPackagesOff = errors.New("the broker's package management is off")
	// ErrEmptyDownload is part of the error of a download that came back empty
	// with status 200: the server could not read the package, so its content is
	// not known. It does not mean that the package is empty.
	ErrEmptyDownload = errors.New("the server sent an empty package: its content is unknown")
)

const packagesOff = "Package Management Service is not enabled in the broker."

// Error is a request that did not succeed.
type Error struct {
	// Status is the HTTP status, 0 if there was no answer.
	Status int
	// Reason is the server's own text on one line, without tags and control characters.
	Reason string
	// Method and Path name the request, Path without query and unescaped.
	Method, Path string
	// Err is the cause when there was no answer, or an answer cut short.
	Err error

	// needs is the right that the request wants.
	needs string
	// unknown is the advice where the server does not know who asks.
	unknown string
	// notJSON marks an answer of 2xx that could not be read.
	notJSON bool
}

// Error tells request, status, reason and, where there is one, the way out.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: ", strings.ToLower(e.Method), clean(e.Path))
	if e.Status != 0 && !e.notJSON {
		fmt.Fprintf(&b, "%d %s", e.Status, http.StatusText(e.Status))
		if e.Reason != "" {
			b.WriteString(": ")
		}
	}
	b.WriteString(e.Reason)
	if e.Err != nil {
		b.WriteString(clean(e.Err.Error()))
	}
	if advice := e.advice(); advice != "" {
		b.WriteString("; " + advice)
	}
	return b.String()
}

// advice is the way out, where there is one to tell.
func (e *Error) advice() string {
	if e.Err != nil || e.notJSON {
		return ""
	}
	if e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden {
		// Jetty answers writes without credentials with no text at all; Pulsar has
		// its own words for a token that names nobody.
		if e.Reason == "" || e.Reason == "Authentication required" || strings.HasPrefix(e.Reason, "Need to authenticate") || e.needs == "" {
			return e.unknown
		}
		return "the role needs " + e.needs
	}
	if row := rowFor(e); row != nil {
		return row.advice
	}
	return ""
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is lets errors.Is match the sentinels of this package.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrExists:
		return Classify(e) == Exists
	case ErrNotFound:
		return Classify(e) == NotFound
	case ErrPackagesOff:
		return strings.Contains(e.Reason, packagesOff)
	}
	return false
}

// transportError wraps a failure to get an answer, without the client's own
// wrapping, which repeats method and URL.
func transportError(method, path, needs string, err error) error {
	var already *Error
	if errors.As(err, &already) {
		already.needs = needs
		return already
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	var changed *changedError
	if errors.As(err, &changed) {
		err = changed
	}
	return &Error{Method: method, Path: path, Err: err, needs: needs}
}

func (c *Client) answerError(method, path, needs string, resp *http.Response) error {
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	e := &Error{Status: resp.StatusCode, Reason: reason(text), Method: method, Path: path, needs: needs}
	if e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden {
		e.unknown = clean(c.settings.Refused(resp.Request.Context()))
	}
	return e
}

// reason takes the text out of an answer: Pulsar's {"reason": ...}, Jetty's own
// JSON or HTML page, or whatever a proxy in between says.
func reason(text []byte) string {
	var answer struct {
		Reason  *string `json:"reason"`
		Message *string `json:"message"`
	}
	s := strings.TrimSpace(string(text))
	if json.Unmarshal(text, &answer) == nil && strings.HasPrefix(s, "{") {
		switch {
		case answer.Reason != nil:
			return clean(*answer.Reason)
		case answer.Message != nil: // Jetty itself, where JSON is accepted
			return clean(*answer.Message)
		case s == "{}":
			return ""
		}
	}
	if strings.HasPrefix(s, "<") {
		return clean(page(s))
	}
	return clean(s)
}

var (
	htmlHidden = regexp.MustCompile(`(?is)<(head|style|script)\b.*?</(head|style|script)>|<!--.*?-->`)
	htmlTag    = regexp.MustCompile(`(?s)<[^>]*>`)
)

// page is the text of an HTML page; of Jetty's error page, its message only.
func page(s string) string {
	s = html.UnescapeString(htmlTag.ReplaceAllString(htmlHidden.ReplaceAllString(s, " "), " "))
	if _, message, ok := strings.Cut(s, "MESSAGE:"); ok {
		for _, end := range []string{"SERVLET:", "CAUSED BY:", "Caused by:", "Powered by"} {
			message, _, _ = strings.Cut(message, end)
		}
		return message
	}
	return s
}

const maxReason = 600

// clean makes outside text safe for a terminal: one line, nothing invisible or
// that moves the cursor, and not endless.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "?")
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return '?'
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > maxReason {
		s = string(runes[:maxReason]) + "..."
	}
	return s
}
