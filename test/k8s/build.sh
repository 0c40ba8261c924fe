#!/usr/bin/env bash
# Builds the control plane that tests run against: etcd, kube-apiserver,
# kube-controller-manager and kubectl, from the modules that go.mod pins and go.sum
# checks. It builds once for each (go.mod, go.sum, this script, Go) and prints the
# folder of the programs.
set -euo pipefail
cd "$(dirname "$0")"

go_version=$(go version)
key=$({ cat go.mod go.sum build.sh; echo "$go_version"; } | sha256sum | cut -c1-16)
dir=${MESHC_K8S_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/meshc/k8s}/$key
mkdir -p "$dir"

# One build at a time: a second one waits, and finds it done.
exec 9>"$dir/.lock"
flock 9

if [ ! -e "$dir/.done" ]; then
  echo "building a Kubernetes control plane for tests, about five minutes on two cores" >&2
  version=$(go list -m -f '{{.Version}}' k8s.io/kubernetes)
  IFS=. read -r major minor _ <<<"${version#v}"
  # Without these the programs call themselves v0.0.0-master, which kubectl cannot read.
  flags="-s -w"
  for p in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    flags+=" -X $p.gitVersion=$version -X $p.gitMajor=$major -X $p.gitMinor=$minor -X $p.gitTreeState=clean"
  done
  export CGO_ENABLED=0
  for c in kube-apiserver kube-controller-manager kubectl; do
    go build -trimpath -ldflags "$flags" -o "$dir/$c" "k8s.io/kubernetes/cmd/$c" >&2
  done
  go build -trimpath -ldflags "-s -w" -o "$dir/etcd" go.etcd.io/etcd/server/v3 >&2
  touch "$dir/.done"
fi
echo "$dir"
