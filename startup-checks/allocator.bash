# Sourced by entrypoint.sh: which allocator the worker gets. DARKROOM_ALLOCATOR says off or tcmalloc; unset, the CPU gets tcmalloc where it is
# installed.
# shellcheck shell=bash
#
# glibc gives the memory of every large tensor back to the system and takes it again, page by page, for the next one; tcmalloc keeps it.
# With a card the large tensors are the card's: there is nothing to win, and the driver's libraries keep the allocator that they know.

tcmalloc=libtcmalloc_minimal.so.4

# Is it here? The loader knows, and complains of what it cannot preload.
has_tcmalloc() { [ -z "$(env LC_ALL=C LD_PRELOAD="$tcmalloc" bash -c : 2>&1)" ]; }

# Does a card compute? The checks have asked its driver already, and entrypoint.sh has kept what they found to be in its way.
has_card() {
  [ -z "${cpu_computes:-}" ] || return 1
  case ${DARKROOM_DEVICE:-${DEVICE:-auto}} in
    [Cc][Uu][Dd][Aa]) return 0 ;;
    [Cc][Pp][Uu]) return 1 ;;
    *) [[ ! ${CUDA_VISIBLE_DEVICES-all} =~ ^(-.*)?$ ]] && command -v nvidia-smi >/dev/null ;;
  esac
}

# What is to be preloaded, nothing for glibc's allocator; one that somebody preloads already stays.
to_preload() {
  if [[ ${DARKROOM_ALLOCATOR:-} = off || ${LD_PRELOAD:-} = *malloc* ]]; then
    return
  fi
  if [ "${DARKROOM_ALLOCATOR:-}" = tcmalloc ] || ! has_card; then
    ! has_tcmalloc || echo "$tcmalloc"
  fi
}
