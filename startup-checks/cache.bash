# Sourced by 90-cache, train-cache and entrypoint.sh: the JVM's cache of the classes that the worker loads, which train-cache makes.
# shellcheck shell=bash

cache=${home:?}/handler/target/darkroom.aot

# What the cache was made of, as it is now. The JVM looks at all of this too, but where something differs it starts more slowly than
# without a cache, and a file that was changed inside it does not notice.
cache_made_of() {
  cd "${cache%/*}" 2>/dev/null || return
  # what is not there is left out
  stat -Lc '%n %s %Y' "$JAVA_HOME/lib/modules" darkroom.aot ../jvm.options quarkus-app/*.jar quarkus-app/*/*.jar quarkus-app/lib/*/*.jar 2>/dev/null || :
}

# Is there one, of what is there now?
cache_fits() { [ -s "$cache" ] && [ -f "$cache.of" ] && [ "$(cache_made_of)" = "$(<"$cache.of")" ]; }

# Is there none because making it of what is there now has failed?
cache_failed() { [ ! -e "$cache" ] && [ -f "$cache.failed" ] && [ "$(cache_made_of)" = "$(<"$cache.failed")" ]; }
