module github.com/apache/pulsar/pulsar-function-go

go 1.26
