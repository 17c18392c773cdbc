#!/usr/bin/env bash
# What the agent costs, without and with it in turn, as one table with the targets beside the figures.
#
#   benchmarks/run.sh               about 9 minutes
#   benchmarks/run.sh --quick       2 minutes, for a first look
#   benchmarks/run.sh --jdk DIR     measures this JDK (default: the one that builds)
#   benchmarks/run.sh --only NAMES  of map, faults, contexts, bystander, many, start those named, separated by commas
#
# Needs root, or CAP_BPF and CAP_PERFMON, for the kernel's part; without, the figures are those of the Java part. Leave
# the machine alone meanwhile.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/prerequisites.sh

AGENT=agent/target/mmapscope.jar
TARGET=$PWD/benchmarks/target
CLASSES=$TARGET/classes
TOOLS=$TARGET/tools
SEGMENTS=$TARGET/segments

jdk='' quick=() only=()
while [ $# -gt 0 ]; do
  case $1 in
    --quick) quick=(--quick) ;;
    --only)
      only=(--only="${2:?--only needs names}")
      shift
      ;;
    --jdk)
      jdk=${2:?--jdk needs a directory}
      shift
      ;;
    *)
      echo "usage: benchmarks/run.sh [--quick] [--jdk DIR] [--only NAME,...]" >&2
      exit 2
      ;;
  esac
  shift
done

need_jdk 17
need_packages maven clang llvm bpftool libbpf-dev libelf-dev zlib1g-dev gcc libc6-dev util-linux unzip
jdk=${jdk:-$JAVA_HOME}
if [ ! -x "$jdk/bin/java" ]; then
  echo "benchmarks/run.sh: no bin/java in $jdk" >&2
  exit 2
fi
if [ "$(id -u)" != 0 ]; then
  echo "not root: without CAP_BPF and CAP_PERFMON the kernel's part will be missing" >&2
fi

if [ ! -e "$AGENT" ] ||
  [ -n "$(find pom.xml bpf agent otel-exporter \( -name target -o -name test \) -prune -o \
    \( -name pom.xml -o -path '*/src/*' -o -path 'bpf/*' \) -type f -newer "$AGENT" -print -quit)" ]; then
  run_with_progress "building with Maven (the first time it downloads some 150 MB)" mvn -q -B -DskipTests package
  # Maven leaves a jar alone whose content would be the same, and it would look old again the next time
  touch -c "$AGENT"
fi
mkdir -p "$CLASSES" "$TOOLS" "$SEGMENTS"
mapfile -t sources < <(find benchmarks/src/main/java -name '*.java')
run_with_progress "compiling" javac -nowarn --release 17 -d "$CLASSES" "${sources[@]}"
for tool in launch bystander evict; do
  cc -O2 -Wall -o "$TOOLS/$tool" "benchmarks/src/main/c/$tool.c"
done
# async-profiler to compare with, from Maven Central.
if [ ! -e "$TOOLS/libasyncProfiler.so" ]; then
  PROFILER=tools.profiler:async-profiler:4.5
  mvn -q -B dependency:copy -Dartifact=$PROFILER -DoutputDirectory="$TARGET" -Dmdep.useBaseVersion=true </dev/null &&
    unzip -qoj "$TARGET/async-profiler-4.5.jar" "linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')/*" -d "$TOOLS" ||
    echo "async-profiler could not be fetched: its rows will be missing"
fi
# OpenTelemetry's API, whose contexts are followed. Resolved by the build already, so this is mostly a copy.
CONTEXTS=$TOOLS/contexts
if [ ! -e "$CONTEXTS/opentelemetry-api-1.63.0.jar" ]; then
  for part in api context common; do
    mvn -q -B -N org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
      -Dartifact=io.opentelemetry:opentelemetry-$part:1.63.0 -DoutputDirectory="$CONTEXTS" </dev/null || true
  done
fi
javac -nowarn --release 17 -cp "$CLASSES:$CONTEXTS/*" -d "$CONTEXTS" \
  benchmarks/src/main/opentelemetry/io/mmapscope/benchmarks/program/ContextLoop.java ||
  echo "OpenTelemetry could not be fetched: its rows will be missing"
# Mapped segments need a JDK 22 and its own compiler.
rm -rf "${SEGMENTS:?}"/*
if [ -x "$jdk/bin/javac" ] && [ "$("$jdk/bin/javac" --version | sed 's/^javac //; s/[^0-9].*//')" -ge 22 ]; then
  "$jdk/bin/javac" -cp "$CLASSES" -d "$SEGMENTS" \
    benchmarks/src/main/java22/io/mmapscope/benchmarks/program/ArenaMapping.java
fi

others=$(PATH=$PATH:/usr/sbin:/sbin bpftool prog list 2>/dev/null | grep -c ': tracepoint ' || true)
if [ "${others:-0}" != 0 ]; then
  echo "$others BPF programs at tracepoints are loaded already, of others: the figures without the agent are too high"
fi

java -cp "$CLASSES" io.mmapscope.benchmarks.Benchmarks "${quick[@]}" "${only[@]}" \
  "$jdk" "$AGENT" "$TOOLS" "$SEGMENTS" "$TARGET/files"
