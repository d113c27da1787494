package dev.darkroom.golden;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** One golden file and what is compared with it. */
record GoldenCase(String name, Supplier<List<Comparison>> run) {
    /** @param worst the first comparison that fails, or else the one with the largest relative difference */
    record Verdict(String name, boolean passed, List<Comparison> comparisons, Comparison worst) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%-44s max abs %.1e  relative L2 %.1e  %s  (%d compared%s)",
                    name,
                    worst.maxAbs(),
                    worst.relativeL2(),
                    passed ? "ok  " : "FAIL",
                    comparisons.size(),
                    passed ? "" : ", first divergence: " + worst.tensor());
        }
    }

    Verdict verdict() {
        List<Comparison> comparisons;
        try {
            comparisons = run.get();
        } catch (RuntimeException e) {
            comparisons = List.of(Comparison.equal(e.toString(), "an exception", "a result"));
        }
        if (comparisons.isEmpty()) {
            comparisons = List.of(Comparison.equal("comparisons", 0, "at least one"));
        }
        Comparison worst = comparisons.stream()
                .filter(comparison -> !comparison.passes())
                .findFirst()
                .orElse(comparisons.stream()
                        .max(Comparator.comparingDouble(Comparison::relativeL2).thenComparingDouble(Comparison::maxAbs))
                        .orElseThrow());
        return new Verdict(name, worst.passes(), comparisons, worst);
    }
}
