package dev.darkroom.text;

import dev.darkroom.weights.names.NameTable;
import dev.darkroom.weights.names.OtherNames;
import java.util.List;
import java.util.Optional;

/** Names of Qwen3's tensors in GGUF files of llama.cpp. */
public final class Qwen3Names implements OtherNames {
    private static final NameTable TABLE = new NameTable("""
            token_embd model.embed_tokens
            output_norm model.norm
            output lm_head
            blk.#.attn_norm model.layers.#.input_layernorm
            blk.#.attn_q model.layers.#.self_attn.q_proj
            blk.#.attn_k model.layers.#.self_attn.k_proj
            blk.#.attn_v model.layers.#.self_attn.v_proj
            blk.#.attn_q_norm model.layers.#.self_attn.q_norm
            blk.#.attn_k_norm model.layers.#.self_attn.k_norm
            blk.#.attn_output model.layers.#.self_attn.o_proj
            blk.#.ffn_norm model.layers.#.post_attention_layernorm
            blk.#.ffn_gate model.layers.#.mlp.gate_proj
            blk.#.ffn_up model.layers.#.mlp.up_proj
            blk.#.ffn_down model.layers.#.mlp.down_proj
            """);

    @Override
    public Optional<List<Part>> parts(String tensor) {
        return TABLE.find(tensor)
                .map(entry -> entry.tensors().stream().map(Part::new).toList());
    }
}
