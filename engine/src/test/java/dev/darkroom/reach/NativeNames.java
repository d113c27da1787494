package dev.darkroom.reach;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The Java classes that a native library looks up, as far as their names stand in it: C and Rust ask for {@code java/lang/String} by a constant.
 * Rust's stand one behind the other, so the longest beginning that is a class counts.
 */
final class NativeNames {
    private static final Pattern NAME =
            Pattern.compile("(?:java|javax|ai/djl|com/sun/jna|com/luciad|org/slf4j)/[\\w/$]+");

    private NativeNames() {}

    /** Returns the names of classes in a library that is a resource of the class path. */
    static Set<String> in(String library) throws IOException {
        try (InputStream in = NativeNames.class.getClassLoader().getResourceAsStream(library)) {
            String text = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
            Set<String> names = new TreeSet<>();
            NAME.matcher(text)
                    .results()
                    .map(MatchResult::group)
                    .map(NativeNames::longestClass)
                    .forEach(found -> found.ifPresent(names::add));
            return names;
        }
    }

    private static Optional<String> longestClass(String text) {
        for (int length = text.length(); length > 0; length--) {
            String name = text.substring(0, length).replace('/', '.');
            try {
                Class.forName(name, false, NativeNames.class.getClassLoader());
                return Optional.of(name);
            } catch (ClassNotFoundException | LinkageError e) {
                // one letter less
            }
        }
        return Optional.empty();
    }
}
