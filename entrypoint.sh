#!/usr/bin/env bash
# Start-up checks in order, then the worker: ./entrypoint.sh [--payload FILE]
# With a test_input.json where it is started, and without RunPod, it does that one job, as RunPod's own workers do.
set -euo pipefail
started=${EPOCHREALTIME:-}
home=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
checks_folder=$home/startup-checks

usage() {
  cat <<'END'
Darkroom draws pictures with FLUX.1, FLUX.2, Qwen-Image, Z-Image and LongCat-Image, and edits them.

usage: ./entrypoint.sh                  serve, at http://127.0.0.1:8000 unless HOST and PORT say otherwise
       ./entrypoint.sh --payload FILE   do the one job in FILE, print its result as JSON, and end
       ./entrypoint.sh --plan           print how the models' networks share a card's memory, and end;
                                        with --memory 12G, --host-memory 64G, --model SOURCE and --size 1024x1024
                                        for other cards, machines, models and sizes
       ./entrypoint.sh --verify FILE    print what a picture's file says of how it came about, as JSON, and end
       ./entrypoint.sh --models         print the models: where they lie, their licences, and which are to be downloaded
       ./entrypoint.sh --help           print this
       ./entrypoint.sh --version        print the version, its commit, and those of Java and libtorch

Settings are environment variables: docs/configuration.md lists them.
END
}

[[ ${1:-} = --payload=* || ${1:-} = --verify=* ]] && set -- "${1%%=*}" "${1#*=}" "${@:2}"
# what only says something needs no checks, and refusing arguments neither: the worker knows which were meant
says_only=
case "$#:${1:-}" in
  0: | 2:--payload | 2:--verify | *:--plan) ;;
  1:--help | 1:-h)
    usage
    exit 0
    ;;
  1:--models | 1:--version | 1:-V) says_only=true ;;
  *)
    if ! [ -e "$home/handler/target/quarkus-app/quarkus-run.jar" ]; then
      echo "unknown arguments [$*]" >&2
      usage >&2
      exit 2
    fi
    says_only=true
    ;;
esac

# consoles and compose files pass variables on that nobody has given a value, and files of them end lines in more than a newline
for name in "${!DARKROOM_@}" "${!HF_@}" "${!BUCKET_@}" "${!RUNPOD_@}" "${!OTEL_@}" HOST PORT DEVICE; do
  value=${!name:-}
  value=${value#"${value%%[![:space:]]*}"}
  value=${value%"${value##*[![:space:]]}"}
  if [ -z "$value" ]; then
    unset "$name"
  elif [ "$value" != "${!name}" ]; then
    export "$name=$value"
  fi
done
# what Kubernetes sets for a service called darkroom is no port of ours
[[ ${DARKROOM_PORT:-} != tcp://* ]] || unset DARKROOM_PORT

# shellcheck source=startup-checks/runpod.bash
. "$checks_folder/runpod.bash"

if [ $# -eq 0 ] && [ -f test_input.json ] && [ -z "${RUNPOD_WEBHOOK_GET_JOB:-}" ]; then
  set -- --payload test_input.json
fi

# one job needs no server, and gets its answer as JSON also where it cannot be done: past the installation, the worker gives it
options=()
last_fatal=99
if [ "${1:-}" = --payload ]; then
  # and is over before the code that the JVM would optimise for longer has run often
  options=(-Dquarkus.http.host-enabled=false -XX:TieredStopAtLevel=1)
  last_fatal=12
elif [ "${1:-}" = --verify ]; then
  options=(-XX:TieredStopAtLevel=1)
fi

stop() { # exit code, check, reason
  "$checks_folder/report-unhealthy" "$2" "$3"
  exit "$1"
}

# Runs a script as if it were a process of its own; each new process would take as long as most checks.
run() { # FILE
  check_file=$1
  set --
  set +o pipefail
  # shellcheck disable=SC1090 # they are checked one by one
  . "$check_file"
}

JAVA_HOME=$(run "$checks_folder/java-home") || stop $? java "no Java 25"
cpu_computes='' cached=''
for check in "$checks_folder"/[0-9]*; do
  [ -z "$says_only" ] || break
  # a plan is made from the headers of files, for whichever card; a look at a file needs neither
  [[ ${1:-} != --plan && ${1:-} != --verify ]] || [[ $check = */10-* ]] || continue
  status=0
  line=$(run "$check" 2>&1) || status=$?
  printf '%s\n' "$line" >&2
  # what the worker is started with is the CPU's then, see allocator.bash
  [[ $line != *'; the CPU computes'* ]] || cpu_computes=true
  [[ $line != *'of this build and this Java'* ]] || cached=true
  if [ "$status" -ne 0 ] && [ "$status" -le "$last_fatal" ]; then
    # the platform reads the reason alone where lines are JSON
    reason=${line#*'"detail":"'}
    stop "$status" "${check##*/[0-9][0-9]-}" "${reason%'"}'}"
  fi
done

# what the checks have waited for in vain is not waited for again
if [[ ,${DARKROOM_SKIP_CHECKS:-}, != *[,\ ]weights[,\ ]* ]]; then
  export DARKROOM_HUB_MODELS_WAIT=0s
fi

# libtorch's threads wait for each other by spinning, briefly: spinning long, they stand still as soon as another process wants a core
export GOMP_SPINCOUNT=${GOMP_SPINCOUNT:-20000}

# shellcheck source=startup-checks/allocator.bash
. "$checks_folder/allocator.bash"
preload=$(to_preload)

# shellcheck source=startup-checks/libraries.bash
. "$checks_folder/libraries.bash"

# A cache that the JVM cannot use after all, with a heap of 32 GB, say, is left out by it; the worker tells so in one line instead of these.
# Standard output belongs to the result of a job.
if [ -n "$cached" ]; then
  # shellcheck source=startup-checks/cache.bash
  . "$checks_folder/cache.bash"
  options+=("-XX:AOTCache=$cache" -Dstart.cached=true -Xlog:all=off:stdout -Xlog:all=warning:stderr '-Xlog:aot*=off:stderr' '-Xlog:cds*=off:stderr')
fi
# for the line that says what a start has taken
[ -z "$started" ] || options+=("-Dstart.begun=$started" "-Dstart.checked=$EPOCHREALTIME")

# shellcheck source=startup-checks/native.bash
. "$(dirname "${BASH_SOURCE[0]}")/startup-checks/native.bash"
run_native "$@"

# without a locale there are no letters but English ones in the names of files
export LC_ALL=C.UTF-8
[ -z "$preload" ] || export LD_PRELOAD="$preload${LD_PRELOAD:+:$LD_PRELOAD}"
exec "$JAVA_HOME/bin/java" "@$home/handler/jvm.options" -Ddarkroom.home="$home" "${options[@]}" \
  -jar "$home/handler/target/quarkus-app/quarkus-run.jar" "$@"
