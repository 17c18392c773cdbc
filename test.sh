#!/usr/bin/env bash
# Builds everything and runs every test, on a machine that has a JDK 17 or later. Arguments go to Maven.
set -u
cd "$(dirname "$0")" || exit 1

. tools/prerequisites.sh
. tools/jdk25.sh

need_jdk 17
need_packages maven clang llvm gcc libc6-dev libbpf-dev libelf-dev zlib1g-dev musl-tools git util-linux
tools/cross.sh || exit 1
find_jdk25 || echo "tests on JDK 25 will be skipped"

# Reports of an earlier run must not be counted.
find . -path '*/target/*-reports/TEST-*.xml' -delete

mvn -B -ntp verify --fail-at-end "$@" </dev/null
status=$?

tools/count-tests.sh || status=1
exit "$status"
