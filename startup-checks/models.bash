# Sourced by the checks that look at the models of DARKROOM_MODELS. Nothing here reads weights.
# shellcheck shell=bash

# A line for each model: its name, a tab, its source.
configured_models() {
  local pairs=${DARKROOM_MODELS:-} models pair name source
  if [[ ! $pairs =~ [^[:space:]] ]]; then
    models=${home:?}/test-payloads/models
    pairs="pocket-flux=$models/pocket-flux,pocket-qwen-edit=$models/pocket-qwen-edit"
  fi
  while IFS= read -r -d, pair; do
    read -r name <<<"${pair%%=*}"
    read -r source <<<"${pair#*=}"
    printf '%s\t%s\n' "$name" "$source"
  done <<<"$pairs,"
}

# org/name[@revision], unless that is a folder from here with a checkpoint in it.
is_repository() {
  [[ $1 =~ ^[[:alnum:]_-][[:alnum:]_.-]*/[[:alnum:]_-][[:alnum:]_.-]*(@.*)?$ && ${1%%@*} != *..* && ${1%%@*} != *--* ]] &&
    [ ! -f "$1/model_index.json" ]
}

# The cache that models are downloaded into.
own_cache() { echo "${HF_HUB_CACHE:-${HF_HOME:-${XDG_CACHE_HOME:-${HOME:-}/.cache}/huggingface}/hub}"; }

# The folder of a source; fails for a repository that no cache holds.
model_folder() {
  is_repository "$1" || { echo "$1"; return; }
  local repository=${1%%@*} revision=main cache commit
  [[ $1 == *@* ]] && revision=${1#*@}
  for cache in "$(own_cache)" /runpod-volume/huggingface-cache/hub; do
    cache=$cache/models--${repository/\//--}
    commit=$revision
    [ -f "$cache/refs/$revision" ] && read -r commit <"$cache/refs/$revision"
    if [[ $commit =~ ^[0-9a-f]{40}$ && -d $cache/snapshots/$commit ]]; then
      echo "$cache/snapshots/$commit"
      return
    fi
  done
  return 1
}

# The networks of a checkpoint: the components of model_index.json that have weights.
networks() {
  tr -d '[:space:]' <"$1/model_index.json" |
    grep -oE '"[[:alnum:]_-]+":\["[^"]*","[^"]*"\]' |
    grep -vE '(Tokenizer(Fast)?|Scheduler|Processor|Extractor)"\]$|^"(safety_checker|feature_extractor|image_encoder)"' |
    cut -d'"' -f2
}

# The files that a network must have: its config, and its weights in one piece or in the shards that its index names.
network_files() {
  local stem index
  echo "$1/config.json"
  for stem in diffusion_pytorch_model model; do
    index=$1/$stem.safetensors.index.json
    if [ -f "$index" ]; then
      grep -oE '"[^"/]+\.safetensors"' "$index" | tr -d '"' | sort -u | while IFS= read -r shard; do echo "$1/$shard"; done
      return
    fi
    [ -f "$1/$stem.safetensors" ] && break
  done
  echo "$1/$stem.safetensors"
}

# Bytes of all weights of a checkpoint that are there.
weight_bytes() {
  networks "$1" | while IFS= read -r network; do network_files "$1/$network"; done |
    grep '\.safetensors$' | while IFS= read -r file; do stat -Lc %s "$file" 2>/dev/null; done |
    awk '{ bytes += $1 } END { printf "%.0f\n", bytes }'
}
