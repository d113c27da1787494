package dev.darkroom;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A Markdown file of the repository.
 *
 * @param file its absolute path
 * @param text all of it
 */
record Document(Path file, String text) {
    static final Path HOME = Path.of(System.getProperty("darkroom.home"));

    private static final List<String> FOLDERS =
            List.of("docs", "deploy", "startup-checks", "test-payloads", "engine/src");
    private static final Pattern CODE = Pattern.compile("(?ms)^ *```.*?^ *```$|`[^`\n]*`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)|src=\"([^\"]+)\"");
    private static final Pattern FENCED = Pattern.compile("(?ms)^ *```.*?^ *```$");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.+?) *$");

    /** Reads a file by its path in the repository. */
    static Document of(String path) {
        return of(HOME.resolve(path));
    }

    private static Document of(Path file) {
        try {
            return new Document(file, Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** README and what lies in {@code docs/}. */
    static List<Document> manual() {
        return Stream.concat(Stream.of(of("README.md")), below("docs")).toList();
    }

    /** Every Markdown file that people read. */
    static List<Document> all() {
        return Stream.concat(
                        Stream.of("README.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md")
                                .map(Document::of),
                        FOLDERS.stream().flatMap(Document::below))
                .toList();
    }

    private static Stream<Document> below(String folder) {
        try (Stream<Path> files = Files.walk(HOME.resolve(folder))) {
            return files
                    .filter(file ->
                            file.toString().endsWith(".md") && !file.toString().contains("node_modules"))
                    .sorted()
                    .map(Document::of)
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Targets of links and pictures, but for addresses of the web. */
    Stream<String> links() {
        return LINK.matcher(CODE.matcher(text).replaceAll(""))
                .results()
                .map(link -> link.group(1) == null ? link.group(2) : link.group(1))
                .filter(link -> !link.matches("[a-z]+:.*"));
    }

    /** True if the file or the heading that a link of this document names is there. */
    boolean leadsSomewhere(String link) {
        String path = link.replaceAll("#.*", "");
        Path target = path.isEmpty() ? file : file.resolveSibling(path);
        if (!Files.exists(target)) {
            return false;
        }
        return !link.contains("#") || of(target).anchors().contains(link.substring(link.indexOf('#') + 1));
    }

    /** The names of headings in links. */
    private Set<String> anchors() {
        return HEADING.matcher(FENCED.matcher(text).replaceAll(""))
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    @Override
    public String toString() {
        return HOME.relativize(file).toString();
    }
}
