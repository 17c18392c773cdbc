#!/bin/sh
# Runs on one kernel, in the guest or on this machine, what .ci/kernels wants of it: for each RUN what doctor says, and
# the end-to-end tests against the jar.
#
#   run-tests.sh JAVA_HOME DIRECTORY RESULTS SLOWNESS RUN…
#
# DIRECTORY is the module agent, or what looks like it. A RUN is a tag of the tests, then, after a colon, the ways of the
# hook catalogue that are left out: "way:fexit,kprobe". The tests are those end to end, but for the tag "records": those
# of the agent's kernel part, which try each way by itself. For each run it leaves in RESULTS/RUN: release, doctor.json,
# TEST-junit-jupiter.xml, output.
set -u
java=$1/bin/java
results=$3
slowness=$4
cd "$2" || exit 1
shift 4
options=-XX:+TieredCompilation
# There the compilers take more time than they save.
[ "$slowness" = 1 ] || options='-XX:TieredStopAtLevel=1 -XX:CompileThresholdScaling=10'

for run in "$@"; do
  tag=${run%%:*}
  without=${run#"$tag"}
  without=-Dmmapscope.hooks.without=${without#:}
  to=$results/$run
  mkdir -p "$to"
  uname -r >"$to/release"
  if [ "$tag" = records ]; then
    package=io.mmapscope.agent.kernel
    tests='core/target/test-classes:target/test-libraries/*'
    more=--patch-module=java.base=$(echo target/test-libraries/mmapscope-bootstrap-*.jar)
  else
    package=io.mmapscope.e2e
    tests='target/test-classes:target/test-libraries/*'
    more=
    "$java" "$without" -jar target/mmapscope.jar doctor --json >"$to/doctor.json" 2>"$to/doctor.err"
    echo "$run: doctor exits with $?, $(cut -d. -f1 /proc/uptime) s after boot"
  fi
  # shellcheck disable=SC2086 # options are several
  "$java" $options $more "$without" "-Dmmapscope.e2e.slowness=$slowness" -Dmmapscope.e2e.jdk=this \
    -cp "$tests" org.junit.platform.console.ConsoleLauncher execute \
    --disable-banner --disable-ansi-colors --fail-if-no-tests \
    "--select-package=$package" --include-classname='.*' "--include-tag=$tag" \
    "--reports-dir=$to" >"$to/output" 2>&1 </dev/null
  echo "$run: tests exit with $?, $(cut -d. -f1 /proc/uptime) s after boot"
done
