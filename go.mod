module github.com/meshc/meshc

go 1.26.0

require (
	github.com/apache/pulsar-client-go v0.19.0 // indirect
	golang.org/x/oauth2 v0.38.0 // indirect
)
