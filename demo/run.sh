#!/usr/bin/env bash
# A search service on mapped Lucene files runs under the agent for half a minute; then what the agent saw is printed.
#
#   demo/run.sh           everything, from an empty machine with a JDK 17+ and root to the report
#   demo/run.sh --keep    the same, and Zipkin and the service stay up
#
# Ends with 0 where the whole report could be made: the traces in Zipkin, with the maps below their requests and the
# kernel's calls within.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/prerequisites.sh

ZIPKIN_VERSION=3.6.1
AGENT=agent/target/mmapscope.jar
DEMO=demo/target/mmapscope-demo.jar
ZIPKIN=demo/.cache/zipkin-server-$ZIPKIN_VERSION-exec.jar
RUN=demo/target/run
LOAD_SECONDS=30

keep=false
case "$*" in
  "") ;;
  --keep) keep=true ;;
  *)
    echo "usage: demo/run.sh [--keep]" >&2
    exit 2
    ;;
esac

zipkin_pid='' service_pid='' load_pid='' RUN_WITH_PROGRESS_PID=''

stop() {
  local pid
  for pid in $RUN_WITH_PROGRESS_PID $load_pid $service_pid $zipkin_pid; do
    kill "$pid" 2>/dev/null || continue
    wait "$pid" 2>/dev/null || true
  done
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fail() {
  echo "demo/run.sh: $*" >&2
  exit 1
}

# The first free port from $1 on.
free_port() {
  local port=$1
  while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
    port=$((port + 1))
  done
  echo "$port"
}

# wait_for NAME PID URL LOG: until the server answers; ends the demo where it does not come up.
wait_for() {
  local i
  printf '%s starts ' "$1"
  for ((i = 0; i < 120; i++)); do
    if curl -sf -o /dev/null --noproxy '*' "$3"; then
      echo " at ${3%/health}"
      return
    fi
    if ! kill -0 "$2" 2>/dev/null; then
      echo
      tail -n 20 "$4" >&2
      fail "$1 ended while starting; its log is $4"
    fi
    [ $((i % 4)) != 0 ] || printf '.'
    sleep 0.5
  done
  echo
  fail "$1 is not ready after a minute; its log is $4"
}

set_up() {
  need_jdk 17
  need_packages maven clang llvm bpftool libbpf-dev libelf-dev zlib1g-dev gcc libc6-dev curl
  if [ "$(id -u)" != 0 ]; then
    echo "not root: without CAP_BPF and CAP_PERFMON the kernel's part will be missing" >&2
  fi
  local jar stale=''
  for jar in "$AGENT" "$DEMO"; do
    if [ ! -e "$jar" ] ||
      [ -n "$(find . \( -name target -o -name .git -o -name .cache \) -prune -o \
        \( -name pom.xml -o -path '*/src/*' -o -path './bpf/*' \) -type f -newer "$jar" -print -quit)" ]; then
      stale=$jar
    fi
  done
  if [ -n "$stale" ]; then
    run_with_progress "building with Maven (the first time it downloads some 150 MB)" mvn -q -B -DskipTests package
    # Maven leaves a jar alone whose content would be the same, and it would look old again the next time
    touch -c "$AGENT" "$DEMO"
  fi
  if [ ! -e "$ZIPKIN" ]; then
    run_with_progress "downloading Zipkin $ZIPKIN_VERSION (135 MB)" \
      mvn -q -B -N org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
      -Dartifact="io.zipkin:zipkin-server:$ZIPKIN_VERSION:jar:exec" -DoutputDirectory="$PWD/demo/.cache"
  fi
}

start_zipkin() {
  local port
  port=$(free_port 9411)
  zipkin_url=http://127.0.0.1:$port
  java -Xmx384m -jar "$ZIPKIN" '--armeria.ports[0].ip=127.0.0.1' "--armeria.ports[0].port=$port" \
    '--armeria.ports[0].protocols[0]=http' >"$RUN/zipkin.log" 2>&1 &
  zipkin_pid=$!
  wait_for Zipkin "$zipkin_pid" "$zipkin_url/health" "$RUN/zipkin.log"
}

# The service and the agent read the same environment, each with its own copy of OpenTelemetry.
start_service() {
  local port metrics_port settings
  port=$(free_port 8080)
  metrics_port=$(free_port 9464)
  service_url=http://127.0.0.1:$port
  metrics_url=http://127.0.0.1:$metrics_port/metrics
  settings="traces.exporter=zipkin;metrics.exporter=prometheus"
  settings+=";operations=io.mmapscope.demo.NativeFiles#remap*"
  # as deep as from Lucene's one method that maps to the part of Lucene that asked, and short enough to read in Zipkin
  settings+=";stack.depth=8"
  OTEL_SERVICE_NAME=lucene-service \
    OTEL_EXPORTER_ZIPKIN_ENDPOINT=$zipkin_url/api/v2/spans \
    OTEL_EXPORTER_PROMETHEUS_HOST=127.0.0.1 OTEL_EXPORTER_PROMETHEUS_PORT=$metrics_port \
    OTEL_BSP_SCHEDULE_DELAY=1000 \
    java -Xmx512m -Dsun.net.httpserver.nodelay=true "-javaagent:$AGENT=$settings" -jar "$DEMO" "$port" "$RUN/data" >"$RUN/service.log" 2>&1 &
  service_pid=$!
  wait_for "the service" "$service_pid" "$service_url/health" "$RUN/service.log"
  grep '^mmapscope ' "$RUN/service.log" || echo "(no line of the agent in $RUN/service.log yet)"
}

drive_load() {
  echo "load for $LOAD_SECONDS s: indexing, reopening, merging, searching"
  java -Xmx128m -cp "$DEMO" io.mmapscope.demo.load.LoadDriver "$service_url" "$LOAD_SECONDS" &
  load_pid=$!
  wait "$load_pid" || fail "the load failed; the service's log is $RUN/service.log"
  load_pid=''
}

search_evicted() {
  echo "the index is taken out of memory, and searched"
  java -Xmx128m -cp "$DEMO" io.mmapscope.demo.load.ColdSearch "$service_url" "$service_pid" "$RUN/data/index" ||
    fail "the service's log is $RUN/service.log"
}

set_up
rm -rf "$RUN"
mkdir -p "$RUN"
start_zipkin
start_service
drive_load
search_evicted
echo "waiting for the last spans to arrive"
echo
status=0
java -Xmx512m -cp "$DEMO" io.mmapscope.demo.report.Report \
  "$zipkin_url" "$metrics_url" lucene-service "$service_pid" || status=$?

if $keep; then
  echo
  echo "Zipkin $zipkin_url/zipkin/ (pid $zipkin_pid) and the service $service_url (pid $service_pid) stay up;"
  echo "metrics: $metrics_url; to stop them: kill $service_pid $zipkin_pid"
  disown -a
  trap - EXIT
fi
exit "$status"
