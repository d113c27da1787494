#!/usr/bin/env bash
# Changes a picture: deploy/examples/curl/edit.sh my.png 'make it night' night.png; Ctrl-C cancels the job.
# The worker is at DARKROOM_URL (http://localhost:8000), its key in DARKROOM_KEY. The file goes as it is, without base64.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.bash"
[ $# = 3 ] || { echo "usage: edit.sh my.png 'make it night' night.png" >&2 && exit 2; }

id=$(call /run --form image=@"$1" --form-string prompt="$2" --form-string return=url --header "Idempotency-Key: $(date +%s)-$$-$RANDOM" | field id)
trap 'call "/cancel/$id" --request POST > /dev/null; exit 130' INT TERM
save "$(await_end "$id")" "$3"
