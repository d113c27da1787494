#!/usr/bin/env bash
# Cancels a job by its id: deploy/examples/curl/cancel.sh 1f870300-…; prints how it has ended.
# The worker is at DARKROOM_URL (http://localhost:8000), its key in DARKROOM_KEY.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.bash"
[ $# = 1 ] || { echo "usage: cancel.sh ID" >&2 && exit 2; }

call "/cancel/$1" --request POST | field status
