# `make` lists the targets.
.DEFAULT_GOAL := help
GO ?= go

## demo: the main job on a real Pulsar: validate, plan, apply, count words, change, take down
demo:
	@$(GO) run ./test/demo

## test: all tests, against a real Pulsar where Java and Maven are there
test:
	@test/run

## build: bin/meshc
build:
	@mkdir -p bin
	$(GO) build -trimpath -o bin/meshc ./cmd/meshc

## examples: the Java functions of the examples and of the tests
examples:
	@examples/build.sh

## pulsar: a real Pulsar to play with, until Ctrl-C; PULSAR="-runtime process -python -packages=false -auth -version 4.2.4"
pulsar:
	@$(GO) run ./test/pulsar/cmd/pulsarserver $(PULSAR)

## k8s: a real Kubernetes API server to play with, until Ctrl-C; K8S="-crds folder"
k8s:
	@$(GO) run ./test/k8sserver $(K8S)

## lint: vet, formatting, staticcheck, generated files
lint:
	@test -z "$$(gofmt -l .)" || { echo "not formatted by gofmt:"; gofmt -l .; exit 1; }
	$(GO) vet ./...
	@cd test/lint && $(GO) build -o ../../bin/staticcheck honnef.co/go/tools/cmd/staticcheck
	bin/staticcheck ./...

## generate: rewrite what is generated from the field table
generate:
	$(GO) generate ./...

## golden: rewrite the expected outputs of tests; look at the diff before it is committed
golden:
	MESHC_UPDATE=1 $(GO) test ./compiler/... ./internal/view/... ./internal/cli ./cmd/... ./examples

## manager-scale: 1,000 meshes with 50,000 functions on record, on a real Pulsar with simulated workers: ready, list, memory, a round of looks
manager-scale:
	$(GO) test -run '^$$' -bench 'Manager$$' -benchtime 1x -v -timeout 30m ./test/bench

## bench: meshc against plain HTTP, many nodes and jars, and the start of the process
bench: examples
	$(GO) test -run '^$$' -bench 'TwoHundred|Thousand|Artifacts|Nodes' -benchtime 1x -v -timeout 30m ./test/bench
	$(GO) test -run '^$$' -bench 'Version|Validate|Compile|Meshc' -count 5 ./test/bench ./compiler

## loss: the long runs of numbered messages: a million lines, ten kills, 200 random plans under load
loss: examples
	MESHC_LOSS_LINES=1000000 MESHC_KILLS=10 MESHC_LOSS_PLANS=200 $(GO) test -count=1 -v -timeout 60m ./test/loss ./test/failure

## faults: each kind of request of an apply meets each fault of networks and servers, against PULSAR_VERSION=4.0.8 or 4.2.4 (default)
faults: examples
	MESHC_FAULTS=all $(GO) run ./test/pulsar/cmd/pulsarserver -version $(or $(PULSAR_VERSION),4.2.4) -threads 32 -- $(GO) test -count=1 -v -timeout 30m -run 'TestFaults$$' ./test/failure

## kill: a run is killed at each step of a plan of more than thirty, before and after it takes effect
kill: examples
	MESHC_BOUNDARIES=all $(GO) test -count=1 -v -timeout 30m -run TestKillAtEachStep ./test/failure

## loss-once: 30 updates of EFFECTIVELY_ONCE under load, and plain ones beside them, against PULSAR_VERSION=4.0.8 or 4.2.4 (default)
loss-once: examples
	MESHC_ONCE_UPDATES=30 $(GO) run ./test/pulsar/cmd/pulsarserver -version $(or $(PULSAR_VERSION),4.2.4) -- $(GO) test -count=1 -v -timeout 30m -run EffectivelyOnce ./test/loss

## rollback: 20 versions of a mesh under load, and random ones of them brought back 20 times
rollback: examples
	MESHC_VERSIONS=20 MESHC_ROLLBACKS=20 $(GO) run ./test/pulsar/cmd/pulsarserver -threads 32 -- $(GO) test -count=1 -v -timeout 30m -run TestRollbackUnderLoad ./test/records

## whole: thirty nodes of all kinds and languages: apply, import, destroy, apply what was imported
whole: examples
	$(GO) test -run '^$$' -bench Thirty -benchtime 1x -v -timeout 60m ./test/whole

## oracle: the table of what function workers refuse, against PULSAR_VERSION=4.0.8 or 4.2.4 (default)
oracle: examples
	$(GO) run ./test/pulsar/cmd/pulsarserver -version $(or $(PULSAR_VERSION),4.2.4) -- $(GO) test -count=1 -v ./test/oracle

## fidelity: every field of every kind changed on real workers, against VERSION=4.0.8 (default) or 4.2.4
fidelity: examples
	MESHC_FIDELITY=all $(GO) run ./test/pulsar/cmd/pulsarserver -version $(or $(VERSION),4.0.8) -- $(GO) test -count=1 -v -timeout 60m ./test/fidelity

## records: the long runs of records on topics: 20 writers and a thousand versions, killed, with the broker restarted; starts beside 100,000 past records
records:
	MESHC_RECORDS_TIMES=67 $(GO) run ./test/pulsar/cmd/pulsarserver -threads 32 -- $(GO) test -count=1 -v -timeout 60m ./backends/native/manager

## manager: reads of a manager under load: 1,000 connections, 500 requests a second, pages of 100 of 1,000 meshes
manager:
	MESHC_MANAGER_LOAD=full $(GO) test -count=1 -v -run TestReadsAreFast ./internal/manager

## fuzz: all fuzz tests, FUZZTIME=10m each
fuzz:
	@test/fuzz

help:
	@sed -n 's/^## /  make /p' $(MAKEFILE_LIST)

.PHONY: manager manager-scale records demo test build examples pulsar k8s lint generate golden bench loss faults kill loss-once oracle fidelity fuzz help whole
