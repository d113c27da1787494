package dev.darkroom.flux;

import dev.darkroom.nn.FeedForward;
import dev.darkroom.nn.Linear;
import dev.darkroom.nn.Modulation;
import dev.darkroom.nn.QueryKeyValue;
import dev.darkroom.nn.Residual;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;
import java.util.List;

/**
 * A transformer block in which image and text have weights of their own and attend to each other.
 *
 * <p>Source: huggingface/diffusers, {@code models/transformers/transformer_flux.py}, FluxTransformerBlock.
 */
record DoubleStreamBlock(
        Modulation norm1,
        Modulation norm1Context,
        QueryKeyValue qkv,
        QueryKeyValue addQkv,
        Linear toOut,
        Linear toAddOut,
        FeedForward ff,
        FeedForward ffContext) {
    static DoubleStreamBlock load(Weights w, FluxConfig c) {
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

    /**
     * Computes both streams, whose shapes stay the same.
     *
     * @param temb conditioning vector {@code [B, D]}
     * @param rope rotations of text, then image positions
     */
    FluxStreams forward(FluxStreams in, Tensor temb, Tensor rope) {
        try (var block = Scope.open("double stream block")) {
            List<Modulation.Set> image = norm1.of(temb);
            List<Modulation.Set> text = norm1Context.of(temb);

            // joint attention, text first
            Tensor attended = QueryKeyValue.attend(
                    rope,
                    addQkv.of(text.get(0).norm(in.text())),
                    qkv.of(image.get(0).norm(in.image()))); // [B, T + S, D]
            long t = in.text().size(1);
            long s = in.image().size(1);
            Residual x = image.get(0).end(in.image(), toOut.apply(attended.narrow(1, t, s)), image.get(1));
            Residual c = text.get(0).end(in.text(), toAddOut.apply(attended.narrow(1, 0, t)), text.get(1));

            // MLP of each stream
            return new FluxStreams(
                            image.get(1).gatedAdd(x.x(), ff.apply(x.norm())),
                            text.get(1).gatedAdd(c.x(), ffContext.apply(c.norm())))
                    .keptBy(block);
        }
    }
}
