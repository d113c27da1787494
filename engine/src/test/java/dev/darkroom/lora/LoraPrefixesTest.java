package dev.darkroom.lora;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever trainers put before a module's name, in whatever order. */
class LoraPrefixesTest {
    @ParameterizedTest
    @CsvSource({
        "a.b, transformer, a.b",
        "transformer.a.b, transformer, a.b",
        "base_model.model.a.b, transformer, a.b",
        "transformer.base_model.model.a.b, transformer, a.b",
        "base_model.model.transformer.a.b, transformer, a.b",
        "base_model.model.base_model.model.a.b, transformer, a.b",
        "diffusion_model.a.b, transformer, a.b",
        "diffusion_model.base_model.model.a.b, transformer, a.b",
        "base_model.model.diffusion_model.a.b, transformer, a.b",
        "model.diffusion_model.a.b, transformer, a.b",
        "model.diffusion_model.transformer.a.b, transformer, a.b",
        "module.a.b, transformer, a.b",
        "module.transformer.module.a.b, transformer, a.b",
        "_orig_mod.module.transformer.a.b, transformer, a.b",
        "transformer._orig_mod.a.b, transformer, a.b",
        "transformer.a._orig_mod.b, transformer, a.b",
        "lora_unet_a_b, transformer, a_b",
        "lora_unet__orig_mod_a_b, transformer, a_b",
        "lora_transformer_a_b, transformer, a_b",
        "lycoris_a_b, transformer, a_b",
        "transformer_blocks.0.a, transformer, transformer_blocks.0.a",
        "text_encoder.a.b, text_encoder, a.b",
        "text_encoder.base_model.model.a.b, text_encoder, a.b",
        "base_model.model.text_encoder.a.b, text_encoder, a.b",
        "module.text_encoder_2.base_model.model.a.b, text_encoder_2, a.b",
        "text_encoders.clip_l.transformer.a.b, text_encoder, a.b",
        "text_encoders.t5xxl.transformer.a.b, text_encoder_2, a.b",
        "text_encoders.qwen3_4b.transformer.model.a.b, text_encoder, model.a.b",
        "text_encoders.qwen3_8b.transformer.model.a.b, text_encoder, model.a.b",
        "text_encoders.mistral3_24b.transformer.model.a.b, text_encoder, model.a.b",
        "text_encoder.model.layers.0.a, text_encoder, model.layers.0.a",
        "lora_te1_a_b, text_encoder, a_b",
        "lora_te3_a_b, text_encoder_2, a_b"
    })
    void areTakenOff(String written, String role, String module) {
        assertThat(Role.of(written)).isEqualTo(new Role(role, module));
    }
}
