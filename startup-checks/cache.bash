# Sourced by 90-cache, train-cache and entrypoint.sh: the JVM's cache of the classes that the worker loads, which train-cache makes.
# shellcheck shell=bash

cache=${home:?}/handler/target/darkroom.aot

# What the cache was made of, as it is now. The JVM looks at all of this too, but where something differs it starts more slowly than
# without a cache, and a file that was changed inside it does not notice.
cache_made_of() {
  cd "${cache%/*}" 2>/dev/null &&
    stat -Lc '%n %s %Y' "$JAVA_HOME/lib/modules" darkroom.aot ../jvm.options quarkus-app/*.jar quarkus-app/*/*.jar quarkus-app/lib/*/*.jar 2>/dev/null
}
