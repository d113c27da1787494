package dev.darkroom.qwenimage;

import dev.darkroom.nn.FeedForward;
import dev.darkroom.nn.Linear;
import dev.darkroom.nn.Modulation;
import dev.darkroom.nn.QueryKeyValue;
import dev.darkroom.nn.Streams;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A block in which image and text keep their own weights and attend to each other.
 *
 * <p>Source: huggingface/diffusers, {@code models/transformers/transformer_qwenimage.py}, QwenImageTransformerBlock.
 */
record QwenImageBlock(
        Modulation imgMod,
        Modulation txtMod,
        QueryKeyValue qkv,
        QueryKeyValue addQkv,
        Linear toOut,
        Linear toAddOut,
        FeedForward imgMlp,
        FeedForward txtMlp) {
    static QwenImageBlock load(Weights w, QwenImageConfig c) {
        Weights attn = w.at("attn");
        int d = c.width();
        return new QwenImageBlock(
                Modulation.linear(w.at("img_mod").at(1), d, 2),
                Modulation.linear(w.at("txt_mod").at(1), d, 2),
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
                FeedForward.load(w.at("img_mlp"), d),
                FeedForward.load(w.at("txt_mlp"), d));
    }

    /**
     * Both streams, of the same shapes as they came.
     *
     * @param rope rotations of text, then image tokens
     * @param mask which keys may be attended to, bool {@code [B, T + S]}; null for all
     */
    Streams forward(Streams in, Conditioning conditioning, Tensor rope, @Nullable Tensor mask) {
        try (var block = Scope.open("qwen image block")) {
            List<ImageModulation> image = ImageModulation.of(imgMod, conditioning);
            List<Modulation.Set> text = txtMod.of(conditioning.temb());

            // joint attention, text first
            Tensor attended = QueryKeyValue.attend(
                    rope,
                    mask,
                    addQkv.of(text.get(0).norm(in.text())),
                    qkv.of(image.get(0).norm(in.image()))); // [B, T + S, D]
            long t = in.text().size(1);
            long s = in.image().size(1);
            Tensor imageAttended = toOut.apply(attended.narrow(1, t, s));
            Tensor textAttended = toAddOut.apply(attended.narrow(1, 0, t));
            Probe.see("attn.0", imageAttended);
            Probe.see("attn.1", textAttended);
            Tensor x = image.get(0).gatedAdd(in.image(), imageAttended);
            Tensor c = text.get(0).gatedAdd(in.text(), textAttended);

            // MLP of each stream
            x = image.get(1).gatedAdd(x, imgMlp.apply(image.get(1).norm(x)));
            c = text.get(1).gatedAdd(c, txtMlp.apply(text.get(1).norm(c)));
            return new Streams(x, c).keptBy(block);
        }
    }
}
