package wire

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// Code is ServerError of PulsarApi.proto.
type Code int

// The codes that mean something to a lock; others are told by their number.
const (
	MetadataError       Code = 1
	AuthenticationError Code = 3
	AuthorizationError  Code = 4
	ServiceNotReady     Code = 6
	TopicNotFound       Code = 11
	TooManyRequests     Code = 14
	TopicTerminated     Code = 15
	IncompatibleSchema  Code = 18
	NotAllowed          Code = 22
	PersistenceError    Code = 2
	ProducerBusy        Code = 16
	ProducerFenced      Code = 25
)

var codeNames = map[Code]string{
	MetadataError: "MetadataError", AuthenticationError: "AuthenticationError", AuthorizationError: "AuthorizationError",
	ServiceNotReady: "ServiceNotReady", TopicNotFound: "TopicNotFound", TooManyRequests: "TooManyRequests", TopicTerminated: "TopicTerminatedError", IncompatibleSchema: "IncompatibleSchema",
	NotAllowed: "NotAllowedError", PersistenceError: "PersistenceError", ProducerBusy: "ProducerBusy", ProducerFenced: "ProducerFenced",
}

// String is Pulsar's name of the code, or its number.
func (c Code) String() string {
	if name, ok := codeNames[c]; ok {
		return name
	}
	return fmt.Sprintf("ServerError %d", int(c))
}

// ServerError is a broker's refusal of a command.
type ServerError struct {
	Code Code
	// Message is the broker's text on one line.
	Message string
}

// Error implements error.
func (e *ServerError) Error() string { return fmt.Sprintf("%s: %s", e.Code, e.Message) }

// CodeOf returns the code of the ServerError in err, or -1 without one.
func CodeOf(err error) Code {
	var refused *ServerError
	if errors.As(err, &refused) {
		return refused.Code
	}
	return -1
}

// refusal makes the error of a code and a message; only the first line of the
// message is kept, since brokers append their stack.
func refusal(code uint64, text string) error {
	text, _, _ = strings.Cut(strings.TrimSpace(strings.ToValidUTF8(text, "?")), "\n")
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, text)
	const most = 300
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "..."
	}
	return &ServerError{Code: Code(code), Message: text}
}
