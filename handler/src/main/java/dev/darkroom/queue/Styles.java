package dev.darkroom.queue;

import dev.darkroom.job.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Styles that a job can name: words that are added to its prompts. */
public final class Styles {
    private static final String OWN = "/dev/darkroom/queue/styles.properties";

    private final Map<String, String> words;

    private Styles(Map<String, String> words) {
        this.words = words;
    }

    /**
     * Reads the worker's own styles and those of a file, both in the form {@code name = words}. A style of the file takes the place of an
     * own one; one without words takes it away.
     */
    public static Styles read(Optional<Path> file) {
        Map<String, String> words = new TreeMap<>();
        try (InputStream own = Objects.requireNonNull(Styles.class.getResourceAsStream(OWN), OWN)) {
            add(words, new InputStreamReader(own, StandardCharsets.UTF_8));
            if (file.isPresent()) {
                // a pipe would be waited for
                if (!Files.isRegularFile(file.get())) {
                    throw new IOException("there is no file " + file.get());
                }
                try (Reader reader = Files.newBufferedReader(file.get())) {
                    add(words, reader);
                }
            }
        } catch (CharacterCodingException e) {
            throw unreadable("it is not in UTF-8");
        } catch (IOException | IllegalArgumentException e) {
            throw unreadable(Reason.of(e));
        }
        words.values().removeIf(String::isBlank);
        return new Styles(words);
    }

    private static UncheckedIOException unreadable(@Nullable String reason) {
        String fault = "DARKROOM_STYLES cannot be read: " + reason;
        return new UncheckedIOException(fault, new IOException(fault));
    }

    private static void add(Map<String, String> words, Reader reader) throws IOException {
        var properties = new Properties();
        properties.load(reader);
        properties
                .stringPropertyNames()
                .forEach(name -> words.put(name, properties.getProperty(name).strip()));
    }

    Set<String> names() {
        return words.keySet();
    }

    /** Returns the prompt with the words of a style behind it. */
    String apply(String style, String prompt) {
        String added = Objects.requireNonNull(words.get(style), style);
        return prompt.isBlank() ? added : prompt.strip() + ", " + added;
    }
}
