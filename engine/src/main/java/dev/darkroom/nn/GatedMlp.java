package dev.darkroom.nn;

import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.ScaledOperators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;
import java.util.Objects;
import java.util.stream.Stream;

/** Gated MLP, {@code down(silu(gate(x)) · up(x))}: {@code [.., D] → [.., D]}; all three layers have a bias, or none has. */
public record GatedMlp(Linear gate, Linear up, Linear down) {
    private static final String GATE = "gate_proj";
    private static final String UP = "up_proj";
    private static final String DOWN = "down_proj";

    public static GatedMlp load(Weights w, int width, int inner) {
        return new GatedMlp(
                Linear.load(w.at(GATE), width, inner),
                Linear.load(w.at(UP), width, inner),
                Linear.load(w.at(DOWN), inner, width));
    }

    public static GatedMlp withoutBias(Weights w, int width, int inner) {
        return withoutBias(w, width, inner, GATE, UP, DOWN);
    }

    /** Reads layers that have other names, without biases. */
    public static GatedMlp withoutBias(Weights w, int width, int inner, String gate, String up, String down) {
        return new GatedMlp(
                Linear.withoutBias(w.at(gate), width, inner),
                Linear.withoutBias(w.at(up), width, inner),
                Linear.withoutBias(w.at(down), inner, width));
    }

    /**
     * Computes {@code [.., D] → [.., D]}: in one operator, or layer by layer if weights are made whole for it, which are large, or some layers
     * multiply in fp8.
     */
    public Tensor apply(Tensor x) {
        if (layers().anyMatch(layer ->
                layer.layer().isCompact() || layer.layer().rows().isPresent())) {
            Normed in = gate.takesRows() && up.takesRows()
                    ? new Normed.Quantised(ScaledOperators.quantiseRows(x), x.dtype())
                    : new Normed.Plain(x);
            return down.apply(gated(in));
        }
        LowRanks added = LowRanks.of(layers().map(Linear::layer).toList());
        return Operators.gatedMlp(
                x,
                layers().map(Linear::weight).toList(),
                layers().map(Linear::bias).filter(Objects::nonNull).toList(),
                added.tensors(),
                added.ends());
    }

    private Tensor gated(Normed in) {
        try (var scope = Scope.open("gated")) {
            Tensor opened;
            try (var first = Scope.open("gate")) {
                opened = first.keep(Operators.silu(gate.apply(in)));
            }
            return scope.keep(opened.times(up.apply(in)));
        }
    }

    private Stream<Linear> layers() {
        return Stream.of(gate, up, down);
    }
}
