# Sourced by every check: its name and its exit code from the name of its file, and one line that says how it went.
# shellcheck shell=bash
set -u
# sorting and lower case as in English, whatever the machine speaks
export LC_ALL=C

check=${0##*/}
code=$((10#${check%%-*}))
check=${check#*-}
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck disable=SC2034 # for the checks that source this
data=${DARKROOM_DATA:-$home/data}
started=${EPOCHREALTIME:-$SECONDS.000000}

ok() { tell ok "$1"; exit 0; }
skip() { tell skip "$1"; exit 0; }

# fail DETAIL [EXIT CODE]
fail() { tell FAIL "$1"; exit "${2:-$code}"; }

# One line on stderr; stdout belongs to the result of a one-shot job.
tell() {
  local now=${EPOCHREALTIME:-$SECONDS.000000} detail ms
  ms=$(((${now//[.,]/} - ${started//[.,]/}) / 1000))
  detail=$(printf '%s' "$2" | tr -s '[:cntrl:]' ' ')
  if [ "${DARKROOM_CHECKS:-}" = json ]; then
    detail=${detail//\\/\\\\}
    printf '{"check":"%s","result":"%s","ms":%d,"detail":"%s"}\n' "$check" "$1" "$ms" "${detail//\"/\\\"}" >&2
  elif [ "$1" = FAIL ]; then
    printf 'FAIL %s: %s (%d ms)\n' "$check" "$detail" "$ms" >&2
  else
    printf '%s %s %d ms %s\n' "$1" "$check" "$ms" "$detail" >&2
  fi
}

# Is a switch on, as RunPod writes them?
is_on() { [[ ${1,,} =~ ^(1|true|yes|on)$ ]]; }

# RunPod's switch for what it calls system checks.
is_system_check() { is_on "${RUNPOD_SKIP_AUTO_SYSTEM_CHECKS:-}" && skip RUNPOD_SKIP_AUTO_SYSTEM_CHECKS; }

# Repeats a command while it fails, with growing pauses, for at most DARKROOM_WAIT seconds.
patiently() {
  local wait=${DARKROOM_WAIT:-0} pause=1 left
  wait=${wait%s}
  local end=$((SECONDS + wait))
  until "$@"; do
    left=$((end - SECONDS))
    ((left > 0)) || return 1
    sleep $((pause < left ? pause : left))
    pause=$((pause < 8 ? pause * 2 : 10))
  done
}

gigabytes() { awk -v bytes="$1" 'BEGIN { printf "%.1f GB", bytes / 1e9 }'; }

# less A B: numbers, not necessarily whole
less() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a + 0 < b + 0) }'; }

case ",${DARKROOM_SKIP_CHECKS:-}," in
  *[,\ ]"$check"[,\ ]*) skip DARKROOM_SKIP_CHECKS ;;
esac
