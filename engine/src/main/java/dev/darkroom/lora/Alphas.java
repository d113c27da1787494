package dev.darkroom.lora;

import dev.darkroom.job.Faults;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The factors that a file's metadata gives its pairs, alpha through rank, and the patterns among it that were for no pair. */
final class Alphas {
    private final AdapterMetadata metadata;
    private final PythonPattern.Steps steps = new PythonPattern.Steps();
    private final Set<PythonPattern> matched = new HashSet<>();

    Alphas(AdapterMetadata metadata) {
        this.metadata = metadata;
    }

    /**
     * Computes the factor of a pair; empty if the metadata says nothing about its network.
     *
     * @param written the module's name in the file
     * @throws IllegalArgumentException if the metadata states another rank, or holds a pattern that takes too long
     */
    Optional<Double> factor(String role, LoraModule module, String written, int rank) {
        return metadata.of(role).flatMap(config -> factor(config, names(module, written), rank));
    }

    private Optional<Double> factor(AdapterConfig config, Set<String> names, int rank) {
        double stated = pattern(config.ranks(), names).orElse(config.rank().orElse(rank));
        if (stated != rank) {
            throw new IllegalArgumentException(
                    "its " + names.iterator().next() + " has rank " + rank + ", but its metadata says "
                            + BigDecimal.valueOf(stated).stripTrailingZeros().toPlainString());
        }
        double divisor = config.stabilised() ? Math.sqrt(rank) : rank;
        Optional<Double> alpha = pattern(config.alphas(), names);
        return alpha.isPresent() || config.alpha().isPresent()
                ? Optional.of(alpha.orElseGet(() -> config.alpha().getAsDouble()) / divisor)
                : Optional.empty();
    }

    private Optional<Double> pattern(Map<PythonPattern, Double> patterns, Set<String> names) {
        Optional<Map.Entry<PythonPattern, Double>> first = AdapterConfig.first(patterns, names, steps);
        first.ifPresent(entry -> matched.add(entry.getKey()));
        return first.map(Map.Entry::getValue);
    }

    /** The names that a pattern may be meant for: the layer's in the checkpoint, and the file's own. */
    private static Set<String> names(LoraModule module, String written) {
        Set<String> names = new LinkedHashSet<>();
        names.add(module.layers().size() == 1 ? module.layers().getFirst() : module.name());
        names.add(module.name());
        names.add(written);
        return names;
    }

    /** A note for the caller about patterns that were for no pair: another one came first, or the file has no such layer. */
    Optional<String> note() {
        List<String> idle = new ArrayList<>();
        metadata.byRole().forEach((role, config) -> {
            idle(config.ranks()).forEach(key -> idle.add(role + ".rank_pattern " + key));
            idle(config.alphas()).forEach(key -> idle.add(role + ".alpha_pattern " + key));
        });
        return idle.isEmpty()
                ? Optional.empty()
                : Optional.of("its metadata holds patterns that decide nothing, for no layer or behind another one: "
                        + Faults.quoted(idle));
    }

    private List<String> idle(Map<PythonPattern, Double> patterns) {
        return patterns.keySet().stream()
                .filter(pattern -> !matched.contains(pattern))
                .map(PythonPattern::key)
                .toList();
    }
}
