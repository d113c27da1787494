package dev.darkroom.tensor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The definitions of the operators, in TorchScript: name → text. Names that begin with {@code _} are functions for the others.
 *
 * @param definitions what stands before the first definition has the empty name
 */
record OperatorText(Map<String, String> definitions) {
    private static final String SOURCE = "operators.py";

    /** A property that names a further resource of this package, whose definitions take the place of those of the same name. */
    private static final String OVER = "darkroom.operators.over";

    private static final Pattern START = Pattern.compile("^def (\\w+)\\(", Pattern.MULTILINE);
    private static final Pattern SIGNATURE = Pattern.compile("^def \\w+\\(self(?:, )?(.*)\\) -> [^:]+:\n");

    /** Reads the text that this process computes with. */
    static OperatorText ofProcess() {
        OperatorText own = of(read(SOURCE));
        String over = System.getProperty(OVER);
        return over == null ? own : own.under(of(read(over)));
    }

    private static String read(String resource) {
        try (InputStream in = Objects.requireNonNull(OperatorText.class.getResourceAsStream(resource), resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(resource + " cannot be read", e);
        }
    }

    private static OperatorText of(String text) {
        Map<String, String> definitions = new LinkedHashMap<>();
        var starts = START.matcher(text);
        String name = "";
        int begin = 0;
        while (starts.find()) {
            definitions.put(name, text.substring(begin, starts.start()));
            name = starts.group(1);
            begin = starts.start();
        }
        definitions.put(name, text.substring(begin));
        return new OperatorText(definitions);
    }

    /**
     * Returns this text with another's definitions added, and put in the place of those of the same name. What was replaced can still be
     * called, by its name with a {@code _} behind it.
     *
     * @throws IllegalStateException if a definition and what it replaces take different parameters
     */
    OperatorText under(OperatorText other) {
        Map<String, String> all = new LinkedHashMap<>(definitions);
        other.definitions.forEach((name, text) -> {
            String replaced = all.put(name, text);
            if (replaced != null && !name.isEmpty()) {
                if (!firstLine(replaced).equals(firstLine(text))) {
                    throw new IllegalStateException(firstLine(text) + " does not fit " + firstLine(replaced));
                }
                all.put(name + "_", replaced.replaceFirst("^def " + name, "def " + name + "_"));
            }
        });
        return new OperatorText(all);
    }

    private static String firstLine(String definition) {
        return definition.lines().findFirst().orElse("");
    }

    /** Parameters of every operator as they are written, such as {@code x: Tensor, chunks: int, dim: int}. */
    Map<String, String> signatures() {
        Map<String, String> signatures = new LinkedHashMap<>();
        definitions.forEach((name, text) -> {
            var signature = SIGNATURE.matcher(text);
            if (!name.startsWith("_") && signature.find()) {
                signatures.put(name, signature.group(1));
            }
        });
        return signatures;
    }

    /** The whole text. */
    String text() {
        return definitions.values().stream().collect(Collectors.joining());
    }
}
