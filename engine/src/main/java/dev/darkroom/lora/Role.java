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

    /** Wrappers of PEFT, of training on several cards and of compiling, which may stand before, between and behind the beginnings. */
    private static final List<String> WRAPPERS = List.of("base_model.model.", "module.", "_orig_mod.", "_orig_mod_");

    private static final List<Beginning> BEGINNINGS = List.of(
            new Beginning(TRANSFORMER, "transformer."),
            new Beginning(TRANSFORMER, "model.diffusion_model."),
            new Beginning(TRANSFORMER, "diffusion_model."),
            new Beginning(TEXT_ENCODER, "text_encoder."),
            new Beginning(TEXT_ENCODER_2, "text_encoder_2."),
            new Beginning(TEXT_ENCODER, "text_encoders.clip_l.transformer."),
            new Beginning(TEXT_ENCODER_2, "text_encoders.t5xxl.transformer."),
            new Beginning(TEXT_ENCODER, "text_encoders.qwen25_7b.transformer."),
            new Beginning(TEXT_ENCODER, "text_encoders.qwen3_4b.transformer."),
            new Beginning(TEXT_ENCODER, "text_encoders.qwen3_8b.transformer."),
            new Beginning(TEXT_ENCODER, "text_encoders.mistral3_24b.transformer."),
            new Beginning(TRANSFORMER, "lora_unet_"),
            new Beginning(TRANSFORMER, "lora_transformer_"),
            new Beginning(TRANSFORMER, "lycoris_"),
            new Beginning(TEXT_ENCODER, "lora_te_"),
            new Beginning(TEXT_ENCODER, "lora_te1_"),
            new Beginning(TEXT_ENCODER_2, "lora_te2_"),
            new Beginning(TEXT_ENCODER_2, "lora_te3_"));

    private record Beginning(String role, String text) {}

    /**
     * Splits a name from a file into role and module, whatever stands before the module and in whatever order; without a known beginning
     * the module is the transformer's.
     */
    static Role of(String written) {
        String role = TRANSFORMER;
        String rest = written;
        while (true) {
            Optional<Beginning> beginning = first(rest);
            Optional<String> wrapper =
                    WRAPPERS.stream().filter(rest::startsWith).findFirst();
            if (beginning.isPresent()) {
                role = beginning.get().role;
                rest = rest.substring(beginning.get().text.length());
            } else if (wrapper.isPresent()) {
                rest = rest.substring(wrapper.get().length());
            } else {
                return new Role(role, rest.replace("._orig_mod.", "."));
            }
        }
    }

    private static Optional<Beginning> first(String name) {
        return BEGINNINGS.stream()
                .filter(beginning -> name.startsWith(beginning.text))
                .findFirst();
    }
}
