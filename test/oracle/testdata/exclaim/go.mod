module example.org/exclaim

go 1.26

require github.com/apache/pulsar/pulsar-function-go v0.0.0

replace github.com/apache/pulsar/pulsar-function-go => ./sdk
