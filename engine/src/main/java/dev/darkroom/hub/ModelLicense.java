package dev.darkroom.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The licence that a checkpoint's card states: the head of its {@code README.md}, between two lines of {@code ---}.
 *
 * @param id such as {@code apache-2.0}, or {@code other}
 * @param name what an {@code other} licence is called
 * @param link where an {@code other} licence can be read, if that is a web address
 */
public record ModelLicense(
        String id, @Nullable String name, @Nullable String link) {
    /** Name of the file that has a checkpoint's card. */
    static final String CARD = "README.md";

    /** Larger files are no cards. */
    static final long LARGEST_CARD = 1 << 20;

    private static final int LONGEST = 200;
    private static final String EDGE = "---";
    private static final Pattern FIELD = Pattern.compile("(license|license_name|license_link):(.*)");
    private static final Pattern ITEM = Pattern.compile("\\s*-\\s+(.*)");

    /** Reads the card in a model's folder; empty if there is none, or if it states no licence. */
    public static Optional<ModelLicense> of(Path folder) {
        Path card = folder.resolve(CARD);
        try {
            if (!Files.isRegularFile(card) || Files.size(card) > LARGEST_CARD) {
                return Optional.empty();
            }
            return read(Files.readString(card));
        } catch (IOException e) {
            return Optional.empty(); // a card is for people: no model is refused for one
        }
    }

    static Optional<ModelLicense> read(String card) {
        Map<String, List<String>> fields = fields(card);
        List<String> ids = fields.getOrDefault("license", List.of());
        if (ids.isEmpty()) {
            return Optional.empty();
        }
        String link = first(fields, "license_link");
        return Optional.of(new ModelLicense(
                String.join(", ", ids),
                first(fields, "license_name"),
                link != null && link.startsWith("https://") ? link : null));
    }

    private static @Nullable String first(Map<String, List<String>> fields, String name) {
        List<String> values = fields.getOrDefault(name, List.of());
        return values.isEmpty() ? null : values.getFirst();
    }

    /** Reads the fields of the head that speak of a licence; each has one value, or several in a list of one of YAML's two forms. */
    private static Map<String, List<String>> fields(String card) {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        List<String> lines = card.lines().toList();
        if (lines.isEmpty() || !lines.getFirst().stripTrailing().equals(EDGE)) {
            return fields;
        }
        List<String> open = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            if (line.stripTrailing().equals(EDGE)) {
                return fields;
            }
            Matcher item = ITEM.matcher(line);
            if (item.matches()) {
                add(open, item.group(1));
                continue;
            }
            open = new ArrayList<>();
            Matcher field = FIELD.matcher(line);
            if (field.matches()) {
                fields.put(field.group(1), open);
                for (String value :
                        field.group(2).strip().replaceFirst("^\\[(.*)]$", "$1").split(",", -1)) {
                    add(open, value);
                }
            }
        }
        return Map.of(); // a head without an end is text
    }

    private static void add(List<String> values, String text) {
        String value = text.strip()
                .replaceFirst("\\s+#.*$", "")
                .replaceFirst("^([\"'])(.*)\\1$", "$2")
                .strip();
        if (!value.isEmpty() && value.length() <= LONGEST) {
            values.add(value.replaceAll("\\p{Cntrl}", " "));
        }
    }

    /** Returns whether it allows commercial use, as far as its name tells; of several licences at once nothing is said. */
    public CommercialUse commercialUse() {
        return CommercialUse.of(toString());
    }

    /** Returns the name of the licence as people know it. */
    @Override
    public String toString() {
        return name == null || !id.equals("other") ? id : name;
    }
}
