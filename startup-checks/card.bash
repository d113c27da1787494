# Sourced by the checks of the graphics card.
# shellcheck shell=bash
# shellcheck source=verdict.bash
. "${checks_folder:-$(dirname "${BASH_SOURCE[0]}")}/verdict.bash"

device=${DEVICE:-auto}
device=${device,,}
cards=${CUDA_VISIBLE_DEVICES-all}

[ "$device" = cpu ] && skip "DEVICE=cpu"
is_on "${RUNPOD_SKIP_GPU_CHECK:-}" && skip RUNPOD_SKIP_GPU_CHECK
[[ $cards =~ ^(-.*)?$ ]] && skip "CUDA_VISIBLE_DEVICES=$cards hides the cards from the worker, but not from nvidia-smi"

# Where a card is demanded there is no start without one; otherwise the CPU computes: entrypoint.sh knows it by these words.
no_card() {
  [ "$device" = cuda ] && fail "DEVICE=cuda, but $1"
  skip "warning: $1; the CPU computes"
}

command -v nvidia-smi >/dev/null || no_card "there is no nvidia-smi: give the container its cards (docker run --gpus all)"

# Fields of the card that the worker computes on, which is the first that it sees. A sick driver may never answer.
card() {
  local which=${cards%%,*}
  [ "$which" = all ] && which=0
  timeout 10 nvidia-smi -i "$which" --query-gpu="$1" --format=csv,noheader,nounits
}
