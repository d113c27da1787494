package dev.darkroom.qwenimage;

import dev.darkroom.nn.FeedForward;
import dev.darkroom.nn.Linear;
import dev.darkroom.nn.Modulation;
import dev.darkroom.nn.QueryKeyValue;
import dev.darkroom.nn.Residual;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;
import java.util.ArrayList;
import java.util.List;
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

    /**
     * Computes the streams, whose shapes stay the same.
     *
     * @param tembs conditioning vector of each image stream, {@code [B, D]}; the first is the text's too
     * @param rope rotations of text, then image tokens
     * @param mask true for keys that may be attended to, bool {@code [B, T + ΣS]}; null for all
     */
    QwenImageStreams forward(QwenImageStreams in, List<Tensor> tembs, Tensor rope, @Nullable Tensor mask) {
        try (var block = Scope.open("qwen image block")) {
            List<Stream> streams = new ArrayList<>();
            streams.add(new Stream(txt, in.text(), txt.mod.of(tembs.getFirst())));
            for (int i = 0; i < tembs.size(); i++) {
                streams.add(new Stream(img, in.images().get(i), img.mod.of(tembs.get(i))));
            }

            // joint attention, text first
            Tensor attended = QueryKeyValue.attend(
                    rope,
                    mask,
                    streams.stream().map(Stream::normed).toList()); // [B, T + ΣS, D]
            List<Tensor> out = new ArrayList<>();
            long at = 0;
            for (Stream stream : streams) {
                long length = stream.x.size(1);
                out.add(stream.after(attended.narrow(1, at, length)));
                at += length;
            }
            return new QwenImageStreams(out.getFirst(), out.subList(1, out.size())).keptBy(block);
        }
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

    /** Tokens of one stream, with their weights and their modulation. */
    private record Stream(Branch branch, Tensor x, List<Modulation.Set> sets) {
        QueryKeyValue.Stream normed() {
            return branch.qkv.of(sets.get(0).norm(x));
        }

        /** Computes {@code x} after attention and MLP. */
        Tensor after(Tensor attended) {
            Tensor projected = branch.out.apply(attended);
            Residual y = sets.get(0).end(x, projected, sets.get(1));
            return sets.get(1).gatedAdd(y.x(), branch.mlp.apply(y.norm()));
        }
    }
}
