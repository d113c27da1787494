package dev.darkroom.lora;

import java.util.List;
import java.util.Optional;

/**
 * The network that a module of a LoRA file belongs to, given by the beginning of the module's name.
 *
 * @param name of the role
 * @param module the module's name in that network
 */
record Role(String name, String module) {
    static final String TRANSFORMER = "transformer";
    static final String TEXT_ENCODER = "text_encoder";
    static final String TEXT_ENCODER_2 = "text_encoder_2";

    /** Prefix that PEFT puts before all others. */
    private static final String WRAPPED = "base_model.model.";

    private static final List<Beginning> BEGINNINGS = List.of(
            new Beginning(TRANSFORMER, "transformer."),
            new Beginning(TRANSFORMER, "model.diffusion_model."),
            new Beginning(TRANSFORMER, "diffusion_model."),
            new Beginning(TEXT_ENCODER, "text_encoder."),
            new Beginning(TEXT_ENCODER_2, "text_encoder_2."),
            new Beginning(TEXT_ENCODER, "text_encoders.clip_l.transformer."),
            new Beginning(TEXT_ENCODER_2, "text_encoders.t5xxl.transformer."),
            new Beginning(TEXT_ENCODER, "text_encoders.qwen25_7b.transformer."),
            new Beginning(TRANSFORMER, "lora_unet_"),
            new Beginning(TRANSFORMER, "lora_transformer_"),
            new Beginning(TEXT_ENCODER, "lora_te_"),
            new Beginning(TEXT_ENCODER, "lora_te1_"),
            new Beginning(TEXT_ENCODER_2, "lora_te2_"),
            new Beginning(TEXT_ENCODER_2, "lora_te3_"));

    private record Beginning(String role, String text) {}

    /** Splits a name from a file into role and module; without a known beginning the module is the transformer's. */
    static Role of(String written) {
        String name = written.startsWith(WRAPPED) ? written.substring(WRAPPED.length()) : written;
        Optional<Beginning> known = BEGINNINGS.stream()
                .filter(beginning -> name.startsWith(beginning.text))
                .findFirst();
        return new Role(
                known.map(Beginning::role).orElse(TRANSFORMER),
                name.substring(known.map(beginning -> beginning.text.length()).orElse(0)));
    }
}
