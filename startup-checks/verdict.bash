# Sourced by every check: its name and its exit code from the name of its file, and one line that says how it went. A check is a process of
# its own, or a part of entrypoint.sh, which names its file then; outside of that shell it changes nothing.
# shellcheck shell=bash
set -u
# sorting and lower case as in English, whatever the machine speaks
export LC_ALL=C

check=${check_file:-$0}
check=${check##*/}
code=$((10#${check%%-*}))
check=${check#*-}
[ -n "${check_file:-}" ] || home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# What goes by two names, as the worker takes it: ours before that of others, and an empty one is none.
DEVICE=${DARKROOM_DEVICE:-${DEVICE:-}}
PORT=${DARKROOM_PORT:-${PORT:-}}
HF_HUB_CACHE=${DARKROOM_HUB_CACHE:-${HF_HUB_CACHE:-}}
HF_HOME=${DARKROOM_HUB_HOME:-${HF_HOME:-}}
HF_HUB_OFFLINE=${DARKROOM_HUB_OFFLINE:-${HF_HUB_OFFLINE:-}}
BUCKET_ENDPOINT_URL=${DARKROOM_S3_ENDPOINT:-${BUCKET_ENDPOINT_URL:-}}
DARKROOM_WAIT=${DARKROOM_HUB_MODELS_WAIT:-${DARKROOM_WAIT:-}}
# shellcheck disable=SC2034 # for the checks that source this
data=${DARKROOM_DATA:-$home/data}
SECONDS=0
started=${EPOCHREALTIME:-$SECONDS.000000}

ok() { tell ok "$1"; exit 0; }
skip() { tell skip "$1"; exit 0; }

# fail DETAIL [EXIT CODE]
fail() { tell FAIL "$1"; exit "${2:-$code}"; }

# One line on stderr; stdout belongs to the result of a one-shot job.
tell() {
  local now=${EPOCHREALTIME:-$SECONDS.000000} detail ms
  ms=$(((${now//[.,]/} - ${started//[.,]/}) / 1000))
  detail=${2//[[:cntrl:]]/ }
  while [[ $detail = *'  '* ]]; do
    detail=${detail//  / }
  done
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

# DARKROOM_WAIT in seconds, whole ones: 60, 60s, 1500ms, 5m, 1h; fails for anything else.
longest_wait() {
  [[ ${DARKROOM_WAIT:-0} =~ ^([0-9]{1,6})(ms|s|m|h)?$ ]] || return 1
  local number=$((10#${BASH_REMATCH[1]}))
  case ${BASH_REMATCH[2]} in
    ms) echo $(((number + 999) / 1000)) ;;
    m) echo $((number * 60)) ;;
    h) echo $((number * 3600)) ;;
    *) echo "$number" ;;
  esac
}

# Repeats a command while it fails, with growing pauses, until the check has taken DARKROOM_WAIT.
patiently() {
  local end pause=1 left
  end=$(longest_wait) || end=0
  until "$@"; do
    left=$((end - SECONDS))
    ((left > 0)) || return 1
    sleep $((pause < left ? pause : left))
    pause=$((pause < 8 ? pause * 2 : 10))
  done
}

gigabytes() {
  local tenths=$((($1 + 50000000) / 100000000))
  printf '%d.%d GB' $((tenths / 10)) $((tenths % 10))
}

# less A B: numbers, not necessarily whole
less() {
  if [[ $1 =~ ^[0-9]{1,18}$ && $2 =~ ^[0-9]{1,18}$ ]]; then
    ((10#$1 < 10#$2))
  else
    awk -v a="$1" -v b="$2" 'BEGIN { exit !(a + 0 < b + 0) }'
  fi
}

case ",${DARKROOM_SKIP_CHECKS:-}," in
  *[,\ ]"$check"[,\ ]*) skip DARKROOM_SKIP_CHECKS ;;
esac
