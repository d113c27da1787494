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

# The files that components of a source have their weights from, as it names them in brackets: a line each, component, tab, file.
components_from() {
  local pairs pair name file
  [[ $1 == *\[*\] ]] || return 0
  pairs=${1#*\[}
  while IFS= read -r -d';' pair; do
    read -r name <<<"${pair%%=*}"
    read -r file <<<"${pair#*=}"
    printf '%s\t%s\n' "$name" "$file"
  done <<<"${pairs%\]};"
}

# org/name/file[@revision], unless that is a file from here.
is_in_repository() {
  [[ $1 =~ ^[[:alnum:]_-][[:alnum:]_.-]*/[[:alnum:]_-][[:alnum:]_.-]*/[^@]+(@.*)?$ && ${1%%@*} != *..* && ! -f $1 ]]
}

# The file of a component's weights; fails for one of a repository that no cache holds.
weights_file() {
  is_in_repository "$1" || { echo "$1"; return; }
  local path=${1%%@*} revision='' name folder
  [[ $1 == *@* ]] && revision=@${1#*@}
  name=${path#*/*/}
  folder=$(snapshot "${path%"/$name"}$revision") && [ -f "$folder/$name" ] && echo "$folder/$name"
}

# org/name[@revision], unless that is a folder from here with a checkpoint in it.
is_repository() {
  local source=${1%%\[*}
  [[ $source =~ ^[[:alnum:]_-][[:alnum:]_.-]*/[[:alnum:]_-][[:alnum:]_.-]*(@.*)?$ && ${source%%@*} != *..* && ${source%%@*} != *--* ]] &&
    [ ! -f "$source/model_index.json" ]
}

# The cache that models are downloaded into.
own_cache() { echo "${HF_HUB_CACHE:-${HF_HOME:-${XDG_CACHE_HOME:-${HOME:-}/.cache}/huggingface}/hub}"; }

# The folder of a source; fails for a repository that no cache holds.
model_folder() {
  is_repository "$1" || { echo "${1%%\[*}"; return; }
  snapshot "${1%%\[*}"
}

# The folder of a repository in a cache; fails if none holds it.
snapshot() {
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
  local rest name class
  rest=$(<"$1/model_index.json")
  rest=${rest//[[:space:]]/}
  while [[ $rest =~ \"([[:alnum:]_-]+)\":\[\"[^\"]*\",\"([^\"]*)\"\](.*) ]]; do
    name=${BASH_REMATCH[1]} class=${BASH_REMATCH[2]} rest=${BASH_REMATCH[3]}
    case $name:$class in
      *Tokenizer | *TokenizerFast | *Scheduler | *Processor | *Extractor | safety_checker:* | feature_extractor:* | image_encoder:*) ;;
      *) echo "$name" ;;
    esac
  done
}

# The files that a network must have: its config, and its weights in one piece or in the shards that its index names. A second argument is the
# model's source, which may name another file of weights; one that is yet to come is left out.
network_files() {
  local stem index component file
  echo "$1/config.json"
  while IFS=$'\t' read -r component file; do
    [ "$component" = "${1##*/}" ] || continue
    weights_file "$file" || true
    return 0
  done < <(components_from "${2:-}")
  for file in "$1"/*.gguf; do
    [ -f "$file" ] && echo "$file" && return
  done
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

# Bytes of all weights of a checkpoint that are there; a second argument is the model's source.
weight_bytes() {
  local files=() all=0 network file size
  while IFS= read -r network; do
    while IFS= read -r file; do
      [[ $file != *.safetensors && $file != *.gguf ]] || files+=("$file")
    done < <(network_files "$1/$network" "${2:-}")
  done < <(networks "$1")
  if [ ${#files[@]} -gt 0 ]; then
    while read -r size; do all=$((all + size)); done < <(stat -Lc %s "${files[@]}" 2>/dev/null)
  fi
  echo "$all"
}
