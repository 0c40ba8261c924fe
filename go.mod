module github.com/meshc/meshc

go 1.26

require github.com/apache/pulsar-client-go v0.19.0 // indirect
