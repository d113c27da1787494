package dev.darkroom.depth;

import dev.darkroom.nn.Conv2d;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.PictureOperators;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The neck of a dense prediction transformer: features of several stages become maps of several sizes, which are fused from the coarsest
 * to the finest.
 *
 * <p>Source: Ranftl et al., Vision Transformers for Dense Prediction, 2021; huggingface/transformers,
 * {@code models/depth_anything/modeling_depth_anything.py}, DepthAnythingNeck.
 */
final class DepthNeck {
    private final List<ReassembleLayer> reassemble;
    private final List<Conv2d> convs;
    private final List<FusionLayer> fusion;
    private final int wanted;

    DepthNeck(DepthConfig config, Weights w) {
        List<Integer> widths = config.neckWidths();
        wanted = config.headIndex();
        reassemble = IntStream.range(0, widths.size())
                .mapToObj(i -> ReassembleLayer.load(
                        w.at("reassemble_stage").at("layers").at(i),
                        config.backbone().width(),
                        widths.get(i),
                        config.factors().get(i)))
                .toList();
        convs = IntStream.range(0, widths.size())
                .mapToObj(i -> withoutBias(w.at("convs").at(i), widths.get(i), config.fusionWidth()))
                .toList();
        fusion = IntStream.range(0, widths.size())
                .mapToObj(
                        i -> FusionLayer.load(w.at("fusion_stage").at("layers").at(i), config.fusionWidth(), i == 0))
                .toList();
    }

    private static Conv2d withoutBias(Weights w, int in, int out) {
        Tensor zeros = w.constant(Operators.zeros(w.placement().dtype(), Device.CPU, out));
        return new Conv2d(w.tensor("weight", out, in, 3, 3), zeros, 3, 1);
    }

    /**
     * Computes the fused map that the head sees.
     *
     * @param features {@code [B, 1 + rows · columns, D]} a stage
     * @return {@code [B, C, h, w]}
     */
    Tensor forward(List<Tensor> features, long rows, long columns) {
        try (var scope = Scope.open("neck")) {
            List<Tensor> maps = new ArrayList<>();
            for (int i = 0; i < features.size(); i++) {
                maps.add(map(i, features.get(i), rows, columns));
            }
            return scope.keep(fused(maps));
        }
    }

    private Tensor map(int i, Tensor features, long rows, long columns) {
        try (var scope = Scope.open("map")) {
            Tensor patches = features.narrow(1, 1, rows * columns)
                    .permute(0, 2, 1)
                    .reshape(features.size(0), features.size(2), rows, columns);
            Tensor map = reassemble.get(i).forward(PictureOperators.pictureLayout(patches));
            Probe.see("reassemble", i, "", map);
            Tensor narrowed = convs.get(i).apply(map);
            Probe.see("convs", i, "", narrowed);
            return scope.keep(narrowed);
        }
    }

    /** Fuses from the last map, which is the coarsest, to the first; sizes are those of the next map, and at the end twice that of the last. */
    private Tensor fused(List<Tensor> maps) {
        try (var scope = Scope.open("fusion")) {
            @Nullable Tensor coarser = null;
            for (int i = 0; i <= wanted; i++) {
                Tensor map = maps.get(maps.size() - 1 - i);
                boolean last = i == maps.size() - 1;
                Tensor next = last ? map : maps.get(maps.size() - 2 - i);
                int times = last ? 2 : 1;
                coarser = fusion.get(i).forward(coarser, map, times * next.size(2), times * next.size(3));
                Probe.see("fusion", i, "", coarser);
            }
            return scope.keep(Objects.requireNonNull(coarser));
        }
    }
}
