package dev.darkroom.lora;

import dev.darkroom.job.JobException;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.LinearWeight;
import dev.darkroom.weights.LinearWeight.LowRank;
import dev.darkroom.weights.Placement;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tensors of one LoRA for one layer, with all factors but the scale multiplied in.
 *
 * @param down {@code [rank, in]}
 * @param up {@code [out, rank]}
 * @param bias {@code [out]}
 * @param magnitude lengths of a DoRA's rows, {@code [out]}
 */
record LayerTensors(
        Tensor down,
        Tensor up,
        @Nullable Tensor bias,
        @Nullable Tensor magnitude) {
    /**
     * The tensors and the scale that a job asks for.
     *
     * @param field of the payload, for errors
     */
    record Scaled(String field, LayerTensors tensors, double scale) {
        private Tensor up() {
            return scale == 1 ? tensors.up : tensors.up.affine(scale, 0);
        }
    }

    /**
     * Joins what several LoRAs hold for a layer: pairs side by side along the rank, each {@code up} times its scale.
     *
     * <p>A DoRA scales the rows of the adapted weight to its magnitudes, {@code g·(W + s·B·A)} with {@code g = m / |W + s·B·A|}; beside
     * others it adds the difference that it makes to the layer by itself.
     *
     * <p>Source: huggingface/peft, {@code tuners/lora/dora.py}, DoraLinearLayer.
     */
    static LowRank join(LinearWeight weight, Placement placement, List<Scaled> loras) {
        try (var scope = Scope.open("join LoRAs")) {
            List<@Nullable Tensor> gains =
                    loras.stream().map(lora -> gain(weight, lora)).toList();
            Tensor[] ups = new Tensor[loras.size()];
            for (int i = 0; i < ups.length; i++) {
                Tensor up = loras.get(i).up();
                Tensor gain = gains.get(i);
                ups[i] = gain == null ? up : up.times(gain.reshape(-1, 1)).to(up.dtype());
            }
            Tensor gain = gains.stream()
                    .filter(Objects::nonNull)
                    .map(one -> one.affine(1, -1))
                    .reduce(Tensor::plus)
                    .map(sum -> scope.keep(sum.affine(1, 1)))
                    .orElse(null);
            Tensor shift = loras.stream()
                    .filter(lora -> lora.tensors.bias != null)
                    .map(lora -> Objects.requireNonNull(lora.tensors.bias).affine(lora.scale, 0))
                    .reduce(Tensor::plus)
                    .orElse(null);
            if (gain != null && shift == null) {
                shift = Operators.zeros(
                        ups[0].dtype(), placement.device(), weight.shape().out());
            }
            return new LowRank(
                    ups.length == 1 ? loras.getFirst().tensors.down : scope.keep(downs(loras, placement)),
                    scope.keep(ups.length == 1 ? ups[0] : Tensor.cat(1, ups)),
                    shift == null ? null : scope.keep(shift),
                    gain);
        }
    }

    private static @Nullable Tensor gain(LinearWeight weight, Scaled lora) {
        LayerTensors tensors = lora.tensors;
        if (tensors.magnitude == null) {
            return null;
        }
        Tensor gain = Operators.doraGain(weight.loaded(), tensors.down, tensors.up, lora.scale, tensors.magnitude);
        if (!Operators.allFinite(List.of(gain))) {
            throw JobException.badInput(lora.field + ": as a DoRA it gives numbers that are not finite");
        }
        return gain;
    }

    /** The {@code down} of every LoRA, below each other; zeros stand for inputs that one of them sees and another does not. */
    private static Tensor downs(List<Scaled> loras, Placement placement) {
        long columns = loras.stream()
                .mapToLong(lora -> lora.tensors.down.size(1))
                .max()
                .orElseThrow();
        return Tensor.cat(
                0,
                loras.stream()
                        .map(lora -> lora.tensors.down)
                        .map(down -> down.size(1) == columns
                                ? down
                                : Tensor.cat(
                                        1,
                                        down,
                                        Operators.zeros(
                                                down.dtype(),
                                                placement.device(),
                                                down.size(0),
                                                columns - down.size(1))))
                        .toArray(Tensor[]::new));
    }
}
