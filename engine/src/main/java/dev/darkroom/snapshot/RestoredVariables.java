package dev.darkroom.snapshot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The environment variables of now. Those of a restored process are the old ones, unless its JVM has restored it; whoever restores it
 * otherwise writes the new ones into a file.
 *
 * @param file with a {@code NAME=value} a line, which need not be there before a restore
 */
public record RestoredVariables(Optional<Path> file) implements Supplier<Map<String, String>> {
    @Override
    public Map<String, String> get() {
        Map<String, String> variables = new TreeMap<>(System.getenv());
        file.filter(Files::isRegularFile).ifPresent(known -> {
            try {
                Files.readAllLines(known).forEach(line -> add(line.strip(), variables));
            } catch (IOException e) {
                throw new UncheckedIOException("the variables in " + known + " cannot be read", e);
            }
        });
        return variables;
    }

    private static void add(String line, Map<String, String> variables) {
        int equals = line.indexOf('=');
        if (equals > 0 && line.charAt(0) != '#') {
            variables.put(line.substring(0, equals), line.substring(equals + 1));
        }
    }
}
