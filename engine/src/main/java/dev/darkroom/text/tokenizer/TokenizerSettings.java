package dev.darkroom.text.tokenizer;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.checkpoint.ConfigKeys;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A tokenizer's {@code tokenizer_config.json} and {@code special_tokens_map.json}, both of which may be missing: which tokens begin, end
 * and fill a prompt, and how long one may be.
 *
 * <p>Source: huggingface/transformers, {@code tokenization_utils_base.py}, from_pretrained: where the former lists its added tokens, it is
 * the one that counts; otherwise the latter is.
 */
public final class TokenizerSettings {
    /** The meaning of the keys of {@code special_tokens_map.json}. */
    public static final ConfigKeys MAP_KEYS = ConfigKeys.of("special_tokens_map.json")
            .uses("bos_token", "eos_token", "pad_token")
            .ignores("no token of these is looked for by its role", "unk_token", "sep_token", "cls_token", "mask_token")
            .ignores("the tokenizer's own lists count", "additional_special_tokens", "extra_special_tokens")
            .ignores(
                    "found by their names",
                    "image_token",
                    "video_token",
                    "audio_token",
                    "vision_bos_token",
                    "vision_eos_token");

    private static final String ADDED = "added_tokens_decoder";

    /** The meaning of the keys of any {@code tokenizer_config.json}. */
    public static final ConfigKeys ANY = ConfigKeys.of("any tokenizer_config.json")
            .uses(ADDED, "bos_token", "eos_token", "pad_token")
            .must("split_special_tokens", false)
            .must("truncation_side", "right")
            .ignores(
                    "remarks of the library",
                    "name_or_path",
                    "special_tokens_map_file",
                    "tokenizer_file",
                    "processor_class",
                    "auto_map",
                    "backend",
                    "is_local",
                    "local_files_only",
                    "use_fast",
                    "from_slow")
            .ignores("no text is written", "clean_up_tokenization_spaces", "errors", "spaces_between_special_tokens")
            .ignores("no chat is held", "chat_template", "add_generation_prompt", "return_token_type_ids")
            .ignores(
                    "the pipelines state it themselves",
                    "max_length",
                    "padding",
                    "truncation",
                    "stride",
                    "pad_to_multiple_of",
                    "pad_token_type_id",
                    "model_input_names")
            .ignores("no token of these is looked for by its role", "unk_token", "sep_token", "cls_token", "mask_token")
            .ignores(
                    "the tokenizer's own lists count",
                    "additional_special_tokens",
                    "extra_special_tokens",
                    "model_specific_special_tokens")
            .ignores("the classes themselves know it", "do_lower_case", "legacy", "sp_model_kwargs", "extra_ids");

    private final ConfigFile config;
    private final ConfigFile map;

    private TokenizerSettings(ConfigFile config, ConfigFile map) {
        this.config = config;
        this.map = map;
    }

    /**
     * Names the config of a kind of tokenizer, with the keys that all kinds have.
     *
     * @param classes names of the classes that read the same files
     */
    static ConfigKeys keys(String file, List<String> classes) {
        return ANY.named(file).must("tokenizer_class", classes.toArray());
    }

    /**
     * Reads the files of a folder, as far as they are there.
     *
     * @throws dev.darkroom.checkpoint.CheckpointException if one of them is damaged, or asks for what is not done here
     */
    static TokenizerSettings read(Path folder, ConfigKeys keys) {
        return new TokenizerSettings(
                ConfigFile.readIfPresent(folder.resolve("tokenizer_config.json"))
                        .within(keys),
                ConfigFile.readIfPresent(folder.resolve("special_tokens_map.json"))
                        .within(MAP_KEYS));
    }

    /** The config itself. */
    ConfigFile config() {
        return config;
    }

    /** Finds the token that has a role, such as {@code pad_token}, if the files name one. */
    Optional<String> token(String role) {
        return config.has(ADDED) || !map.has(role) ? tokenIn(config, role) : tokenIn(map, role);
    }

    /**
     * Checks that a role is a certain token's, if the files name one.
     *
     * @throws dev.darkroom.checkpoint.CheckpointException if it is another's
     */
    void require(String role, String token) {
        token(role).filter(named -> !named.equals(token)).ifPresent(named -> {
            throw (config.has(role) ? config : map).error(role, "must be " + token + ", not " + named);
        });
    }

    private static Optional<String> tokenIn(ConfigFile file, String role) {
        if (!file.has(role)) {
            return Optional.empty();
        }
        return Optional.of(file.isObject(role) ? file.at(role).text("content", "") : file.text(role, ""));
    }

    /**
     * Checks that the tokenizer has the tokens that the config adds to it, by the same ids.
     *
     * @throws dev.darkroom.checkpoint.CheckpointException if one is missing or has another id
     */
    void checkAdded(TokenizerFiles files) {
        if (!config.has(ADDED)) {
            return;
        }
        ConfigFile added = config.at(ADDED);
        for (String id : added.names()) {
            String token = added.at(id).text("content", "");
            Long known = files.ids().get(token);
            if (known == null || !known.toString().equals(id)) {
                throw config.error(
                        ADDED + "." + id,
                        "is " + token + ", which the tokenizer " + (known == null ? "lacks" : "has as " + known));
            }
        }
    }
}
