# What the scripts beside this one share: calls of the worker at DARKROOM_URL, with the key in DARKROOM_KEY. Without jq: what is looked for
# in answers stands there once.
worker=${DARKROOM_URL:-http://localhost:8000}
key=()
[ -z "${DARKROOM_KEY:-}" ] || key=(--header "Authorization: Bearer $DARKROOM_KEY")

call() { # PATH [OPTION OF CURL …]: prints the answer; again where the connection was lost, or the worker has no time
  curl --silent --show-error --fail-with-body --retry 5 --retry-connrefused "${key[@]}" "${@:2}" "$worker$1"
}

field() { # NAME < JSON: prints the first text of this name
  { grep -oE "\"$1\":\"([^\"\\\\]|\\\\.)*\"" || true; } | head -n 1 | sed -E "s/^\"$1\":\"//; s/\"\$//"
}

await_end() { # ID: prints the last answer
  local answer
  while true; do
    answer=$(call "/status-sync/$1?wait=5000")
    case $(field status <<< "$answer") in
      IN_QUEUE | IN_PROGRESS) ;;
      *) break ;;
    esac
  done
  printf '%s\n' "$answer"
}

save() { # ANSWER FILE: downloads its first picture, or says why there is none
  local url
  url=$(field url <<< "$1")
  if [ -z "$url" ]; then
    printf '%s\n' "$1" >&2
    return 1
  fi
  # no key: the address is enough, and may be somebody else's
  curl --silent --show-error --fail --retry 5 --output "$2" "$url"
  echo "$2" >&2
}
