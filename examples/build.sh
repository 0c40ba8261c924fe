#!/bin/sh
# Builds the Java functions of the examples, the loss tests and the oracle test. Needs JDK 17 and Maven 3.8.
# Says nothing when all is well, and does nothing when the jars are newer than all sources.
#   build.sh           build what is out of date
#   build.sh --force   build all
set -eu
cd "$(dirname "$0")"

jars="
word-count/target/word-count.jar
word-count/target/word-count-v2.jar
etl-chain/target/etl-chain.jar
pip-66/target/exclaim.jar
kubernetes-pages/target/pages.jar
../test/loss/java/target/loss-a.jar
../test/loss/java/target/loss-b.jar
../test/oracle/java/target/oracle.jar
../test/fidelity/java/target/fidelity.jar
"

# True if each jar is there and nothing it is made of has changed since. Folders are looked at too: the
# only trace of a deleted source is the time of its folder.
fresh() {
	for jar in $jars; do
		[ -f "$jar" ] || return 1
		module=${jar%/target/*}
		[ -z "$(find pom.xml "$module" -path '*/target' -prune -o -newer "$jar" \
			\( -path '*/src*' -o -name pom.xml \) -print)" ] || return 1
	done
}

# One build at a time, where the system has flock: tests may ask for the jars in parallel.
if command -v flock >/dev/null && [ -z "${MESHC_EXAMPLES_LOCKED:-}" ]; then
	mkdir -p target
	MESHC_EXAMPLES_LOCKED=1 exec flock target/lock sh ./build.sh "$@"
fi

[ "${1:-}" = --force ] || ! fresh || exit 0

for tool in java javac mvn; do
	if ! command -v $tool >/dev/null; then
		echo "examples/build.sh: $tool is not on the PATH; the examples need JDK 17 and Maven 3.8" >&2
		exit 1
	fi
done

log=target/build.log
mkdir -p target
# clean: Maven's incremental compiler would leave the classes of deleted sources in the jar.
rm -rf word-count/target etl-chain/target pip-66/target kubernetes-pages/target ../test/loss/java/target ../test/oracle/java/target ../test/fidelity/java/target
if ! mvn -q -B -Dstyle.color=never --no-transfer-progress package >"$log" 2>&1; then
	echo "examples/build.sh: mvn package failed:" >&2
	escape=$(printf '\033')
	sed "s/$escape\[[0-9;]*m//g" "$log" >&2
	exit 1
fi
for jar in $jars; do
	if [ ! -f "$jar" ]; then
		echo "examples/build.sh: mvn package did not make $jar; see examples/$log" >&2
		exit 1
	fi
done
