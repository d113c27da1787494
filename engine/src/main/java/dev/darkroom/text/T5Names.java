package dev.darkroom.text;

import dev.darkroom.weights.names.NameTable;
import dev.darkroom.weights.names.OtherNames;
import java.util.List;
import java.util.Optional;

/** Names of T5's tensors in GGUF files of llama.cpp. */
public final class T5Names implements OtherNames {
    private static final NameTable TABLE = new NameTable("""
            token_embd shared
            enc.output_norm encoder.final_layer_norm
            enc.blk.#.attn_norm encoder.block.#.layer.0.layer_norm
            enc.blk.#.attn_q encoder.block.#.layer.0.SelfAttention.q
            enc.blk.#.attn_k encoder.block.#.layer.0.SelfAttention.k
            enc.blk.#.attn_v encoder.block.#.layer.0.SelfAttention.v
            enc.blk.#.attn_o encoder.block.#.layer.0.SelfAttention.o
            enc.blk.#.attn_rel_b encoder.block.#.layer.0.SelfAttention.relative_attention_bias
            enc.blk.#.ffn_norm encoder.block.#.layer.1.layer_norm
            enc.blk.#.ffn_gate encoder.block.#.layer.1.DenseReluDense.wi_0
            enc.blk.#.ffn_up encoder.block.#.layer.1.DenseReluDense.wi_1
            enc.blk.#.ffn_down encoder.block.#.layer.1.DenseReluDense.wo
            """);

    @Override
    public Optional<List<Part>> parts(String tensor) {
        return TABLE.find(tensor)
                .map(entry -> entry.tensors().stream().map(Part::new).toList());
    }
}
