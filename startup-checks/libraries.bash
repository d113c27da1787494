# Sourced by entrypoint.sh, after allocator.bash: what a card's libraries read from the environment when they are loaded. What is set
# already stays; docs/configuration.md says what each one does.
# shellcheck shell=bash
#
# Without a card none is set: on the CPU TorchScript fuses nothing anyway, and takes longer for each operator where it is told not to.
if has_card; then
  export PYTORCH_TENSOREXPR=${PYTORCH_TENSOREXPR:-0}
  export CUBLASLT_WORKSPACE_SIZE=${CUBLASLT_WORKSPACE_SIZE:-32768}
  export PYTORCH_CUDA_ALLOC_CONF=${PYTORCH_CUDA_ALLOC_CONF:-expandable_segments:True}
fi
