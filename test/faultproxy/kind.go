package faultproxy

import (
	"net/http"
	"strings"
)

// Kind is what a request is for.
type Kind string

// The kinds of requests. Components are functions, sources and sinks.
const (
	Create              Kind = "create component"
	Update              Kind = "update component"
	Delete              Kind = "delete component"
	Get                 Kind = "get component"
	Status              Kind = "status"
	ListComponents      Kind = "list components"
	State               Kind = "state"
	Upload              Kind = "upload package"
	DeletePackage       Kind = "delete package"
	PackageMetadata     Kind = "package metadata"
	PackageDownload     Kind = "download package"
	ListVersions        Kind = "list package versions"
	CreateTopic         Kind = "create topic"
	DeleteTopic         Kind = "delete topic"
	CreateSchema        Kind = "create schema"
	Schemas             Kind = "schemas"
	AskSchema           Kind = "ask about a schema"
	ListTopics          Kind = "list topics"
	Partitions          Kind = "partitions"
	TopicProperties     Kind = "topic properties"
	TopicStats          Kind = "topic stats"
	CreateSubscription  Kind = "create subscription"
	DeleteSubscription  Kind = "delete subscription"
	SubscriptionChanges Kind = "subscription properties"
	Namespaces          Kind = "namespaces"
	About               Kind = "about the cluster"
	Other               Kind = "other"
)

// KindOf tells what a request is for, from its method and path (Pulsar's admin
// API v2 for topics and v3 for components and packages).
func KindOf(method, path string) Kind {
	s := strings.Split(strings.Trim(path, "/"), "/")
	if len(s) < 3 || s[0] != "admin" {
		return Other
	}
	rest := s[3:]
	switch s[2] {
	case "functions", "sources", "sinks":
		return ofComponent(method, rest)
	case "packages":
		return ofPackage(method, rest)
	case "persistent", "non-persistent":
		return ofTopic(method, rest)
	case "schemas":
		return ofSchema(method, rest)
	case "namespaces":
		return Namespaces
	case "clusters", "brokers":
		return About
	}
	return Other
}

var byMethod = map[string]Kind{http.MethodPost: Create, http.MethodPut: Update, http.MethodDelete: Delete, http.MethodGet: Get}

func ofComponent(method string, rest []string) Kind {
	switch {
	case len(rest) == 2:
		return ListComponents
	case len(rest) == 3:
		return byMethod[method]
	case len(rest) == 4 && rest[3] == "status":
		return Status
	case len(rest) == 5 && rest[3] == "state":
		return State
	}
	return Other
}

func ofPackage(method string, rest []string) Kind {
	switch {
	case len(rest) == 4:
		return ListVersions
	case len(rest) == 6 && rest[5] == "metadata":
		return PackageMetadata
	case len(rest) == 5 && method == http.MethodPost:
		return Upload
	case len(rest) == 5 && method == http.MethodDelete:
		return DeletePackage
	case len(rest) == 5:
		return PackageDownload
	}
	return Other
}

func ofSchema(method string, rest []string) Kind {
	switch {
	case method == http.MethodGet:
		return Schemas
	case method == http.MethodPost && len(rest) == 4 && rest[3] == "schema":
		return CreateSchema
	case method == http.MethodPost:
		return AskSchema // whether a schema would be taken: it changes nothing
	}
	return Other
}

func ofTopic(method string, rest []string) Kind {
	if len(rest) == 2 || len(rest) == 3 && rest[2] == "partitioned" && method == http.MethodGet {
		return ListTopics
	}
	last := rest[len(rest)-1]
	switch {
	case len(rest) >= 5 && rest[3] == "subscription":
		switch {
		case len(rest) > 5:
			return SubscriptionChanges
		case method == http.MethodDelete:
			return DeleteSubscription
		}
		return CreateSubscription
	case last == "stats", last == "partitioned-stats":
		return TopicStats
	case last == "properties":
		return TopicProperties
	case last == "partitions" && method == http.MethodGet:
		return Partitions
	case method == http.MethodDelete:
		return DeleteTopic
	case method == http.MethodPut && (len(rest) == 3 || last == "partitions"):
		return CreateTopic
	}
	return Other
}
