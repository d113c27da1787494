package dev.darkroom.depth;

import dev.darkroom.nn.LayerNorm;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * DINOv2 as a backbone: a picture's patches go through a vision transformer, whose states after some of its layers are the features.
 *
 * <p>Source: huggingface/transformers, {@code models/dinov2/modeling_dinov2.py}, Dinov2Backbone.
 */
final class Dinov2Backbone {
    private final Dinov2Config config;
    private final Dinov2Embeddings embeddings;
    private final List<Dinov2Layer> layers;
    private final LayerNorm layernorm;

    Dinov2Backbone(Dinov2Config config, Weights w) {
        this.config = config;
        embeddings = Dinov2Embeddings.load(w.at("embeddings"), config);
        layers = IntStream.range(0, config.layers())
                .mapToObj(i -> Dinov2Layer.load(w.at("encoder").at("layer").at(i), config))
                .toList();
        layernorm = LayerNorm.load(w.at("layernorm"), config.width(), config.eps());
    }

    /** Computes the features of pixels {@code [B, 3, h, w]}: {@code [B, 1 + patches, D]} a stage, that of the whole picture in front. */
    List<Tensor> features(Tensor pixels) {
        try (var scope = Scope.open("backbone")) {
            Tensor x = embeddings.forward(pixels);
            Probe.see("embeddings", x);
            List<Tensor> features = new ArrayList<>();
            for (int i = 0; i <= config.stages().getLast(); i++) {
                if (i > 0) {
                    x = after(i, x, scope);
                }
                if (config.stages().contains(i)) {
                    features.add(scope.keep(config.normed() ? layernorm.apply(x) : x));
                    Probe.see("feature_maps", features.size() - 1, "", features.getLast());
                }
            }
            return features;
        }
    }

    private Tensor after(int stage, Tensor x, Scope scope) {
        Dinov2Layer layer = layers.get(stage - 1);
        Probe.see(
                "layer." + (stage - 1) + ".attention",
                () -> layer.attended(layer.norm1().apply(x)));
        Tensor next = scope.replace(x, layer.forward(x));
        Probe.see("layer", stage - 1, "", next);
        if (stage == layers.size()) {
            Probe.see("layer.last", next);
        }
        return next;
    }
}
