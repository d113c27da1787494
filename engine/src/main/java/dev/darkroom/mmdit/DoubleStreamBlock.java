package dev.darkroom.mmdit;

import dev.darkroom.nn.Conditioning;
import dev.darkroom.nn.FeedForward;
import dev.darkroom.nn.Linear;
import dev.darkroom.nn.Mlp;
import dev.darkroom.nn.Modulation;
import dev.darkroom.nn.QueryKeyValue;
import dev.darkroom.nn.Residual;
import dev.darkroom.ring.Held;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;
import java.util.List;
import java.util.stream.Stream;

/**
 * A transformer block in which image and text have weights of their own and attend to each other.
 *
 * <p>Source: huggingface/diffusers, {@code models/transformers/transformer_flux.py}, FluxTransformerBlock.
 */
public record DoubleStreamBlock(
        Modulation norm1,
        Modulation norm1Context,
        QueryKeyValue qkv,
        QueryKeyValue addQkv,
        Linear toOut,
        Linear toAddOut,
        Mlp ff,
        Mlp ffContext) {
    static DoubleStreamBlock load(Weights w, MmditConfig c) {
        Weights attn = w.at("attn");
        int d = c.width();
        return new DoubleStreamBlock(
                Modulation.load(w.at("norm1"), d, 2),
                Modulation.load(w.at("norm1_context"), d, 2),
                QueryKeyValue.load(
                        attn,
                        List.of("to_q", "to_k", "to_v"),
                        List.of("norm_q", "norm_k"),
                        d,
                        c.heads(),
                        c.headWidth()),
                QueryKeyValue.load(
                        attn,
                        List.of("add_q_proj", "add_k_proj", "add_v_proj"),
                        List.of("norm_added_q", "norm_added_k"),
                        d,
                        c.heads(),
                        c.headWidth()),
                Linear.load(attn.at("to_out").at(0), d, d),
                Linear.load(attn.at("to_add_out"), d, d),
                FeedForward.load(w.at("ff"), d),
                FeedForward.load(w.at("ff_context"), d));
    }

    /** The modulations of both streams. */
    record Sets(Modulation.Pair image, Modulation.Pair text) {}

    /** Layers of the modulations. */
    Stream<Held<Linear>> modulations() {
        return Stream.of(norm1.layer(), norm1Context.layer());
    }

    Sets sets(Conditioning conditioning) {
        return new Sets(norm1.two(conditioning, qkv, ff), norm1Context.two(conditioning, addQkv, ffContext));
    }

    /**
     * Computes both streams, whose shapes stay the same.
     *
     * @param sets modulations of this block
     * @param nextImage norm that follows on the image stream
     * @param nextText norm that follows on the text stream
     * @param rope rotations of text, then image positions
     */
    Streams forward(Streams in, Sets sets, Modulation.Norm nextImage, Modulation.Norm nextText, Tensor rope) {
        try (var block = Scope.open("double stream block")) {
            // joint attention, text first
            Tensor attended = QueryKeyValue.attend(
                    rope, addQkv.of(in.text().norm()), qkv.of(in.image().norm())); // [B, T + S, D]
            long t = in.text().x().size(1);
            long s = in.image().x().size(1);
            Tensor projected = toOut.apply(attended.narrow(1, t, s));
            Tensor addProjected = toAddOut.apply(attended.narrow(1, 0, t));

            // MLP of each stream
            Modulation.Pair image = sets.image;
            Modulation.Pair text = sets.text;
            Residual x =
                    image.attention().end(in.image().x(), projected, image.mlp().norm());
            Residual c =
                    text.attention().end(in.text().x(), addProjected, text.mlp().norm());
            return new Streams(
                            image.mlp().end(x.x(), ff.apply(x.norm()), nextImage),
                            text.mlp().end(c.x(), ffContext.apply(c.norm()), nextText))
                    .keptBy(block);
        }
    }
}
