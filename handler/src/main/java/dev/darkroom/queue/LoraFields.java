package dev.darkroom.queue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.job.Faults;
import dev.darkroom.job.Lora;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the LoRAs of an input in each of the usual forms: {@code loras}, as most workers have it; {@code lora_weights} and {@code
 * extra_lora}, each with its scale; or {@code lora_urls} beside {@code lora_scales}.
 */
final class LoraFields {
    static final int LONGEST_SOURCE = 2_000;
    static final List<String> SOURCES = List.of("path", "url", "name");
    static final List<String> SCALES = List.of("scale", "weight", "strength");

    private static final double FULL = 1;

    private final FieldReader input;
    private final Faults faults;
    private final List<String> unknown = new ArrayList<>();

    LoraFields(FieldReader input, Faults faults) {
        this.input = input;
        this.faults = faults;
    }

    /** Reads the LoRAs; faulty ones are noted and left out. */
    List<Lora> loras() {
        for (String other : List.of("lora_weights", "extra_lora", "lora_urls")) {
            faults.check(
                    !input.has(other) || !input.has("loras"), other, "cannot stand beside loras: send one of them");
        }
        faults.check(
                !input.has("lora_urls") || !(input.has("lora_weights") || input.has("extra_lora")),
                "lora_urls",
                "cannot stand beside lora_weights or extra_lora: send loras");
        List<Lora> all = new ArrayList<>();
        input.sent("loras").ifPresent(sent -> all.addAll(list(sent.name(), sent.value())));
        single("lora_weights", "lora_scale").ifPresent(all::add);
        single("extra_lora", "extra_lora_scale").ifPresent(all::add);
        all.addAll(beside());
        faults.check(all.size() <= Lora.MOST, "loras", "must be at most " + Lora.MOST + ", not " + all.size());
        return all.subList(0, Math.min(all.size(), Lora.MOST));
    }

    /** Lists fields of objects in {@code loras} that this worker does not have. */
    List<String> unknown() {
        return unknown;
    }

    private List<Lora> list(String name, JsonNode value) {
        if (value.isTextual()) {
            return source(name, value)
                    .map(source -> List.of(new Lora(source, FULL)))
                    .orElse(List.of());
        }
        if (value.isObject()) {
            return object(name, value).map(List::of).orElse(List.of());
        }
        if (!value.isArray()) {
            faults.add(name, "must be a list of LoRAs, not " + FieldReader.shown(value));
            return List.of();
        }
        List<Lora> loras = new ArrayList<>();
        for (int i = 0; i < Math.min(value.size(), Lora.MOST); i++) {
            if (Nothing.is(value.get(i))) {
                continue;
            }
            entry(name + "[" + i + "]", value.get(i)).ifPresent(loras::add);
        }
        faults.check(value.size() <= Lora.MOST, name, "must be at most " + Lora.MOST + ", not " + value.size());
        return loras;
    }

    private Optional<Lora> entry(String name, JsonNode entry) {
        if (entry.isTextual()) {
            return source(name, entry).map(source -> new Lora(source, FULL));
        }
        if (entry.isArray() && (entry.size() == 1 || entry.size() == 2)) {
            double scale = Nothing.is(entry.path(1)) ? FULL : scale(name + "[1]", entry.get(1));
            return source(name + "[0]", entry.get(0)).map(source -> new Lora(source, scale));
        }
        if (entry.isObject()) {
            return object(name, entry);
        }
        faults.add(name, "must be a path, a pair [path, scale], or an object with both, not " + described(entry));
        return Optional.empty();
    }

    private static String described(JsonNode entry) {
        return entry.isArray() ? "a list of " + entry.size() : FieldReader.shown(entry);
    }

    private Optional<Lora> object(String name, JsonNode entry) {
        entry.properties().stream()
                .map(property -> property.getKey())
                .filter(key -> !SOURCES.contains(key) && !SCALES.contains(key))
                .forEach(key -> unknown.add(
                        name + "." + Faults.quoted((Object) key) + ": is not known; a LoRA has path and scale"));
        String sourceName = only(name, SOURCES, entry);
        String scaleName = only(name, SCALES, entry);
        double scale = scaleName == null ? FULL : scale(name + "." + scaleName, entry.get(scaleName));
        if (sourceName == null) {
            boolean empty = SOURCES.stream().anyMatch(entry::has);
            faults.add(name + ".path", empty ? Nothing.FAULT : "is missing");
            return Optional.empty();
        }
        return source(name + "." + sourceName, entry.get(sourceName)).map(source -> new Lora(source, scale));
    }

    /** Finds the one of several names for a thing that is present; null if none is. */
    private @Nullable String only(String name, List<String> names, JsonNode entry) {
        List<String> there =
                names.stream().filter(key -> !Nothing.is(entry.path(key))).toList();
        if (there.size() > 1) {
            faults.add(name + "." + there.get(1), "is there as " + there.getFirst() + " too: send one");
        }
        return there.isEmpty() ? null : there.getFirst();
    }

    private Optional<Lora> single(String field, String scaleField) {
        Optional<FieldReader.Found> found = input.sent(field);
        input.sent(scaleField)
                .filter(scale -> found.isEmpty()
                        && !input.isEmpty(field)
                        && scale.value().doubleValue() != FULL) // some clients send their default
                .ifPresent(scale -> faults.add(scale.name(), "needs " + field));
        double scale = input.sent(scaleField)
                .map(sent -> scale(sent.name(), sent.value()))
                .orElse(FULL);
        return found.flatMap(sent -> source(sent.name(), sent.value())).map(source -> new Lora(source, scale));
    }

    /** Reads {@code lora_urls} and {@code lora_scales}, which must have the same length. */
    private List<Lora> beside() {
        if (input.isEmpty("lora_urls")) {
            return List.of();
        }
        List<JsonNode> urls = items("lora_urls");
        List<JsonNode> scales = items("lora_scales");
        faults.check(
                scales.isEmpty() || scales.size() == urls.size(),
                "lora_scales",
                "must be as many as lora_urls, which are " + urls.size() + ", not " + scales.size());
        List<Lora> loras = new ArrayList<>();
        for (int i = 0; i < urls.size(); i++) {
            double scale = i < scales.size() ? scale("lora_scales[" + i + "]", scales.get(i)) : FULL;
            source("lora_urls[" + i + "]", urls.get(i)).ifPresent(source -> loras.add(new Lora(source, scale)));
        }
        return loras;
    }

    private List<JsonNode> items(String field) {
        List<JsonNode> items = new ArrayList<>();
        input.sent(field).ifPresent(sent -> {
            boolean list = sent.value().isArray() && sent.value().size() <= Lora.MOST;
            faults.check(
                    list, sent.name(), "must be a list of at most " + Lora.MOST + ", not " + described(sent.value()));
            if (list) {
                sent.value().forEach(items::add);
            }
        });
        return items;
    }

    private Optional<String> source(String name, JsonNode value) {
        if (Nothing.is(value) || !value.isTextual()) {
            faults.add(
                    name,
                    Nothing.is(value) ? Nothing.FAULT : "must be a URL or a path, not " + FieldReader.shown(value));
            return Optional.empty();
        }
        String source = value.asText().strip();
        if (source.length() > LONGEST_SOURCE) {
            faults.add(name, "must have at most " + LONGEST_SOURCE + " characters, not " + source.length());
            return Optional.empty();
        }
        return Optional.of(source);
    }

    /** Reads a scale; 1 if it is faulty, which is noted. */
    private double scale(String name, JsonNode value) {
        if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
            faults.add(name, "must be a number, not " + FieldReader.shown(value));
            return FULL;
        }
        double scale = value.doubleValue();
        faults.range(name, value.numberValue(), -Lora.LARGEST_SCALE, Lora.LARGEST_SCALE);
        return Math.abs(scale) <= Lora.LARGEST_SCALE ? scale : FULL;
    }
}
