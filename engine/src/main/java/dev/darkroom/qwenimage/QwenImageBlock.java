package dev.darkroom.qwenimage;

import dev.darkroom.nn.Conditioning;
import dev.darkroom.nn.FeedForward;
import dev.darkroom.nn.Linear;
import dev.darkroom.nn.Modulation;
import dev.darkroom.nn.QueryKeyValue;
import dev.darkroom.nn.Residual;
import dev.darkroom.ring.Held;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A transformer block in which image and text have weights of their own and attend to each other.
 *
 * <p>Source: huggingface/diffusers, {@code models/transformers/transformer_qwenimage.py}, QwenImageTransformerBlock.
 */
record QwenImageBlock(Branch img, Branch txt) {
    static QwenImageBlock load(Weights w, QwenImageConfig c) {
        return new QwenImageBlock(
                Branch.load(w, c, "img", List.of("to_q", "to_k", "to_v", "to_out.0"), List.of("norm_q", "norm_k")),
                Branch.load(
                        w,
                        c,
                        "txt",
                        List.of("add_q_proj", "add_k_proj", "add_v_proj", "to_add_out"),
                        List.of("norm_added_q", "norm_added_k")));
    }

    /** Layers of the modulations. */
    Stream<Held<Linear>> modulations() {
        return Stream.of(img.mod.layer(), txt.mod.layer());
    }

    /**
     * Returns the modulations of text, then of each image stream.
     *
     * @param conditionings of each image stream; the first is the text's too
     */
    List<Modulation.Pair> pairs(List<Conditioning> conditionings) {
        return Stream.concat(
                        Stream.of(txt.mod.two(conditionings.getFirst(), txt.qkv, txt.mlp)),
                        conditionings.stream().map(each -> img.mod.two(each, img.qkv, img.mlp)))
                .toList();
    }

    /**
     * Computes the streams, whose shapes stay the same.
     *
     * @param pairs modulations of this block, of text, then of each image stream
     * @param next norms that follow, likewise
     * @param rope rotations of text, then image tokens
     * @param mask true for keys that may be attended to, bool {@code [B, T + ΣS]}; null for all
     */
    QwenImageStreams forward(
            QwenImageStreams in,
            List<Modulation.Pair> pairs,
            List<Modulation.Norm> next,
            Tensor rope,
            @Nullable Tensor mask) {
        try (var block = Scope.open("qwen image block")) {
            List<Residual> streams = in.all();

            // joint attention, text first
            Tensor attended = QueryKeyValue.attend(
                    rope,
                    mask,
                    IntStream.range(0, streams.size())
                            .mapToObj(i -> branch(i).qkv.of(streams.get(i).norm()))
                            .toList()); // [B, T + ΣS, D]

            // projection and MLP of each stream
            List<Residual> out = new ArrayList<>();
            long at = 0;
            for (int i = 0; i < streams.size(); i++) {
                Tensor x = streams.get(i).x();
                long length = x.size(1);
                Tensor projected = branch(i).out.apply(attended.narrow(1, at, length));
                Residual y = pairs.get(i)
                        .attention()
                        .end(x, projected, pairs.get(i).mlp().norm());
                out.add(pairs.get(i).mlp().end(y.x(), branch(i).mlp.apply(y.norm()), next.get(i)));
                at += length;
            }
            return new QwenImageStreams(out).keptBy(block);
        }
    }

    private Branch branch(int stream) {
        return stream == 0 ? txt : img;
    }

    /** The weights of one kind of tokens. */
    record Branch(Modulation mod, QueryKeyValue qkv, Linear out, FeedForward mlp) {
        /**
         * Reads the weights of one kind of tokens.
         *
         * @param kind {@code img} or {@code txt}
         * @param projections names of query, key, value and output
         * @param norms names of the norms of query and key
         */
        static Branch load(Weights w, QwenImageConfig c, String kind, List<String> projections, List<String> norms) {
            Weights attn = w.at("attn");
            int d = c.width();
            return new Branch(
                    Modulation.linear(w.at(kind + "_mod").at(1), d, 2),
                    QueryKeyValue.load(attn, projections.subList(0, 3), norms, d, c.heads(), c.headWidth()),
                    Linear.load(attn.at(projections.get(3)), d, d),
                    FeedForward.load(w.at(kind + "_mlp"), d));
        }
    }
}
