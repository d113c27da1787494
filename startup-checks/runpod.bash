# Sourced by entrypoint.sh: what RunPod's variables say, in the worker's own. What is set in those already stays, but for HOST.
# shellcheck shell=bash

# a serverless container is rented for its card
if [ -n "${RUNPOD_WEBHOOK_GET_JOB:-}${RUNPOD_ENDPOINT_ID:-}" ]; then
  export DEVICE=${DEVICE:-cuda}
fi
# Its jobs are pulled: without a key, and where nobody is sent to it, the port is for this container's own health check.
if [ -n "${RUNPOD_WEBHOOK_GET_JOB:-}" ] && [ -z "${DARKROOM_HTTP_API_KEY:-}${DARKROOM_HTTP_API_KEY_NEXT:-}${DARKROOM_PUBLIC_URL:-}" ] &&
  [ "${DARKROOM_HTTP_OPEN:-false}" = false ]; then
  export HOST=127.0.0.1
fi
# its console filters the log by job
if [ -n "${RUNPOD_ENDPOINT_ID:-}" ]; then
  export DARKROOM_LOG=${DARKROOM_LOG:-json} DARKROOM_CHECKS=${DARKROOM_CHECKS:-json}
fi

# The level's name, or its place in their list; NOTSET and what is no level change nothing. The worker has nothing finer than DEBUG.
level=${RUNPOD_LOG_LEVEL:-${RUNPOD_DEBUG_LEVEL:-}}
case ${level^^} in
  TRACE | 1 | DEBUG | 2) level=DEBUG ;;
  INFO | 3) level=INFO ;;
  WARN | WARNING | 4) level=WARN ;;
  ERROR | 5) level=ERROR ;;
  *) level= ;;
esac
if [ -n "$level" ]; then
  export QUARKUS_LOG_CATEGORY__DEV_DARKROOM__LEVEL=${QUARKUS_LOG_CATEGORY__DEV_DARKROOM__LEVEL:-$level}
fi

# Their limit is meant for any file; for images the worker's own 20 MiB stands, unless theirs is stricter.
if [[ ${RUNPOD_MAX_DOWNLOAD_BYTES:-} =~ ^[1-9][0-9]{0,7}$ ]] && ((RUNPOD_MAX_DOWNLOAD_BYTES < 20 << 20)); then
  export DARKROOM_SOURCES_LARGEST_FILE=${DARKROOM_SOURCES_LARGEST_FILE:-$RUNPOD_MAX_DOWNLOAD_BYTES}
fi
