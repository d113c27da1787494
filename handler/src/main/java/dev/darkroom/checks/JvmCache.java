package dev.darkroom.checks;

import java.util.Optional;
import java.util.Properties;

/** The cache of classes that entrypoint.sh gives the JVM, which leaves it out in silence where it does not fit. */
public final class JvmCache {
    /** A property that entrypoint.sh sets where it gives the JVM a cache. */
    private static final String GIVEN = "start.cached";

    private JvmCache() {}

    /** Returns a line that says so, if this JVM was given a cache and has left it out. */
    public static Optional<String> leftOut() {
        return leftOut(System.getProperties());
    }

    static Optional<String> leftOut(Properties properties) {
        return properties.containsKey(GIVEN)
                        && !properties.getProperty("java.vm.info", "").contains("sharing")
                ? Optional.of(
                        "the JVM's cache of classes does not fit its options (a heap of 32 GB or more, say, or an agent),"
                                + " and is not used: starts take longer")
                : Optional.empty();
    }
}
