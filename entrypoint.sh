#!/usr/bin/env bash
# Start-up checks in order, then the worker: ./entrypoint.sh [--payload FILE]
# With a test_input.json where it is started, and without RunPod, it does that one job, as RunPod's own workers do.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
checks=$here/startup-checks

if [ $# -eq 0 ] && [ -f test_input.json ] && [ -z "${RUNPOD_WEBHOOK_GET_JOB:-}" ]; then
  set -- --payload test_input.json
fi

# one job needs no server, and gets its answer as JSON also where it cannot be done: past the installation, the worker gives it
server=()
last_fatal=99
if [ "${1:-}" = --payload ]; then
  server=(-Dquarkus.http.host-enabled=false)
  last_fatal=12
fi

# a serverless container is rented for its card
if [ -n "${RUNPOD_WEBHOOK_GET_JOB:-}${RUNPOD_ENDPOINT_ID:-}" ]; then
  export DEVICE=${DEVICE:-cuda}
fi
# its console filters the log by job
if [ -n "${RUNPOD_ENDPOINT_ID:-}" ]; then
  export DARKROOM_LOG=${DARKROOM_LOG:-json}
fi

stop() { # exit code, check, reason
  "$checks/report-unhealthy" "$2" "$3"
  exit "$1"
}

JAVA_HOME=$("$checks/java-home") || stop $? java "no Java 25"
for check in "$checks"/[0-9]*; do
  status=0
  line=$("$check" 2>&1) || status=$?
  printf '%s\n' "$line" >&2
  if [ "$status" -ne 0 ] && [ "$status" -le "$last_fatal" ]; then
    stop "$status" "${check##*/[0-9][0-9]-}" "$line"
  fi
done

# libtorch's threads wait for each other by spinning, briefly: spinning long, they stand still as soon as another process wants a core
export GOMP_SPINCOUNT=${GOMP_SPINCOUNT:-20000}

exec "$JAVA_HOME/bin/java" "@$here/handler/jvm.options" -Ddarkroom.home="$here" "${server[@]}" \
  -jar "$here/handler/target/quarkus-app/quarkus-run.jar" "$@"
