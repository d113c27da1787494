# Sourced by entrypoint.sh: the worker as an executable of its own, which `./mvnw package -Dnative` makes, needs no Java.
# shellcheck shell=bash

# The executable, unless there is none, or a later build for the JVM beside it.
native_worker() {
  local target executable
  target=$(dirname "${BASH_SOURCE[0]}")/../handler/target
  for executable in "$target"/handler-*-runner; do
    if [ -x "$executable" ] && [ "$executable" -nt "$target/quarkus-app/quarkus-run.jar" ]; then
      echo "$executable"
      return
    fi
  done
}

# Goes on as the executable, if there is one: run_native ARGUMENTS...; $preload is what allocator.bash chose.
run_native() {
  local executable home options=()
  executable=$(native_worker)
  [ -n "$executable" ] || return 0
  home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
  # one job needs no server
  [ "${1:-}" != --payload ] || options=(-Dquarkus.http.host-enabled=false)
  exec env LC_ALL=C.UTF-8 ${preload:+LD_PRELOAD="$preload${LD_PRELOAD:+:$LD_PRELOAD}"} "$executable" -Ddarkroom.home="$home" \
    -Djava.util.logging.manager=org.jboss.logmanager.LogManager -Dai.djl.offline=true "${options[@]}" "$@"
}
