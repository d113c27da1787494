#!/usr/bin/env bash
# Start-up checks in order, then the worker: ./entrypoint.sh [--payload FILE]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

JAVA_HOME=$("$here/startup-checks/java-home")
for check in "$here"/startup-checks/[0-9]*; do
  "$check"
done

# libtorch's threads wait for each other by spinning, briefly: spinning long, they stand still as soon as another process wants a core
export GOMP_SPINCOUNT=${GOMP_SPINCOUNT:-20000}

# one job needs no server
server=()
[ "${1:-}" = --payload ] && server=(-Dquarkus.http.host-enabled=false)

exec "$JAVA_HOME/bin/java" "@$here/handler/jvm.options" -Ddarkroom.home="$here" "${server[@]}" \
  -jar "$here/handler/target/quarkus-app/quarkus-run.jar" "$@"
