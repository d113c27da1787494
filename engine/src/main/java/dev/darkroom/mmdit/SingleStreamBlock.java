package dev.darkroom.mmdit;

import dev.darkroom.nn.Conditioning;
import dev.darkroom.nn.Linear;
import dev.darkroom.nn.Modulation;
import dev.darkroom.nn.QueryKeyValue;
import dev.darkroom.nn.Residual;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;
import java.util.List;

/**
 * A transformer block over text and image tokens together, with attention and MLP side by side.
 *
 * <p>Source: huggingface/diffusers, {@code models/transformers/transformer_flux.py}, FluxSingleTransformerBlock.
 *
 * @param gated true if the MLP's first layer gives gate and value side by side
 */
public record SingleStreamBlock(Modulation norm, QueryKeyValue qkv, Linear projMlp, Linear projOut, boolean gated) {
    static final int MLP_RATIO = 4;

    static SingleStreamBlock load(Weights w, MmditConfig c) {
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
                Linear.load(w.at("proj_out"), (MLP_RATIO + 1) * d, d),
                false);
    }

    Modulation.Set set(Conditioning conditioning) {
        return norm.one(conditioning, qkv.takesRows() && projMlp.takesRows());
    }

    /**
     * Computes the tokens of both streams, {@code [B, T + S, D]}, whose shape stays the same.
     *
     * @param set modulation of this block
     * @param next norm that follows
     * @param rope rotations of text, then image positions
     */
    Residual forward(Residual in, Modulation.Set set, Modulation.Norm next, Tensor rope) {
        try (var block = Scope.open("single stream block")) {
            Tensor attended = QueryKeyValue.attend(rope, qkv.of(in.norm()));
            Tensor both = gated
                    ? projOut.besideSwiglu(attended, projMlp, in.norm())
                    : projOut.besideGelu(attended, projMlp, in.norm()); // the MLP's are [B, T + S, 4D]
            return set.end(in.x(), both, next).keptBy(block);
        }
    }
}
