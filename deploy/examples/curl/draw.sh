#!/usr/bin/env bash
# Draws a picture: deploy/examples/curl/draw.sh 'a red circle' circle.png; Ctrl-C cancels the job.
# The worker is at DARKROOM_URL (http://localhost:8000), its key in DARKROOM_KEY. A form needs no quoting of the prompt.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.bash"
[ $# = 2 ] || { echo "usage: draw.sh 'a red circle' circle.png" >&2 && exit 2; }

# the key makes one job of a submission that has to be sent again
id=$(call /run --form-string prompt="$1" --form-string return=url --header "Idempotency-Key: $(date +%s)-$$-$RANDOM" | field id)
trap 'call "/cancel/$id" --request POST > /dev/null; exit 130' INT TERM
save "$(await_end "$id")" "$2"
