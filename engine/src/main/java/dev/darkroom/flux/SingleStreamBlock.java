package dev.darkroom.flux;

import dev.darkroom.nn.Linear;
import dev.darkroom.nn.Modulation;
import dev.darkroom.nn.QueryKeyValue;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;
import java.util.List;

/**
 * A transformer block over text and image tokens together, with attention and MLP side by side.
 *
 * <p>Source: huggingface/diffusers, {@code models/transformers/transformer_flux.py}, FluxSingleTransformerBlock.
 */
record SingleStreamBlock(Modulation norm, QueryKeyValue qkv, Linear projMlp, Linear projOut) {
    private static final int MLP_RATIO = 4;

    static SingleStreamBlock load(Weights w, FluxConfig c) {
        int d = c.width();
        return new SingleStreamBlock(
                Modulation.load(w.at("norm"), d, 1),
                QueryKeyValue.load(
                        w.at("attn"),
                        List.of("to_q", "to_k", "to_v"),
                        List.of("norm_q", "norm_k"),
                        d,
                        c.heads(),
                        c.headWidth()),
                Linear.load(w.at("proj_mlp"), d, MLP_RATIO * d),
                Linear.load(w.at("proj_out"), (MLP_RATIO + 1) * d, d));
    }

    /**
     * Computes {@code x [B, T + S, D] → [B, T + S, D]}.
     *
     * @param temb conditioning vector {@code [B, D]}
     * @param rope rotations of text, then image positions
     */
    Tensor forward(Tensor x, Tensor temb, Tensor rope) {
        try (var block = Scope.open("single stream block")) {
            Modulation.Set modulation = norm.of(temb).getFirst();
            Tensor n = modulation.norm(x);
            Tensor attended = QueryKeyValue.attend(rope, qkv.of(n));
            Tensor mlp = projMlp.gelu(n); // [B, T + S, 4D]
            return block.keep(modulation.gatedAdd(x, projOut.ofBoth(attended, mlp)));
        }
    }
}
