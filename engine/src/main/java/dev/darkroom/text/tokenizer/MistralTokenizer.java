package dev.darkroom.text.tokenizer;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.checkpoint.ConfigKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Mistral's tokenizer, a byte-level BPE that a processor's folder holds, and the chat in which FLUX.2-dev's text encoder reads a prompt.
 * Special tokens are found wherever they stand, in the prompt too, as in the reference; the image token alone is taken out of it. How texts
 * are split is what the file says, whichever of the two expressions that are about it has.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/flux2/pipeline_flux2.py}, {@code format_input}, and its {@code SYSTEM_MESSAGE} and
 * {@code system_messages.py}; huggingface/transformers, {@code models/pixtral/processing_pixtral.py}.
 */
public final class MistralTokenizer {
    /** Names of the classes that a checkpoint's index may have for the folder. */
    public static final List<String> PROCESSORS = List.of("PixtralProcessor");

    /** The meaning of the keys of {@code tokenizer_config.json}. */
    public static final ConfigKeys KEYS = TokenizerSettings.keys(
                    "tokenizer/tokenizer_config.json (FLUX.2-dev)",
                    List.of("LlamaTokenizerFast", "LlamaTokenizer", "PreTrainedTokenizerFast", "TokenizersBackend"))
            .must("add_prefix_space", false)
            .must("padding_side", "left")
            .ignores("the chat begins and ends as the reference has it", "add_bos_token", "add_eos_token")
            .ignores("no chat is held", "use_default_system_prompt")
            .ignores("the pipelines state it themselves", "model_max_length");

    private static final String IMAGE_TOKEN = "[IMG]";
    private static final String PAD_TOKEN = "<pad>";
    private static final List<String> SPECIAL =
            List.of("<s>", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]", "[INST]", "[/INST]");

    private static final String BEFORE =
            "<s>[SYSTEM_PROMPT]You are an AI that reasons about image descriptions. You give"
                    + " structured responses focusing on object relationships, object\nattribution and actions without"
                    + " speculation.[/SYSTEM_PROMPT][INST]";
    private static final String BEHIND = "[/INST]";

    private final SubwordTokenizer tokenizer;
    private final long padToken;

    private MistralTokenizer(SubwordTokenizer tokenizer, long padToken) {
        this.tokenizer = tokenizer;
        this.padToken = padToken;
    }

    /** Reads a folder with {@code tokenizer.json}. */
    public static MistralTokenizer read(Path folder) {
        TokenizerFiles files = TokenizerFiles.mistral(folder);
        TokenizerSettings settings = TokenizerSettings.read(folder, KEYS);
        settings.checkAdded(files);
        try {
            var tokenizer = new SubwordTokenizer(files);
            for (String token : SPECIAL) {
                tokenizer.requireOnePiece(token, files.id(token));
            }
            return new MistralTokenizer(
                    tokenizer, files.id(settings.token("pad_token").orElse(PAD_TOKEN)));
        } catch (IOException | RuntimeException e) {
            throw new CheckpointException(folder + " holds no usable tokenizer: " + e.getMessage(), e);
        }
    }

    /**
     * Returns this tokenizer for a text encoder with this many rows in its table of embeds.
     *
     * @throws CheckpointException if there are tokens beyond it
     */
    public MistralTokenizer within(int rows) {
        tokenizer.requireWithin(rows);
        return this;
    }

    /** Returns the whole text of the chat. */
    public static String around(String prompt) {
        return BEFORE + prompt.replace(IMAGE_TOKEN, "") + BEHIND;
    }

    /** Counts the tokens of the whole chat. */
    public int length(String prompt) {
        return tokenizer.pieces(around(prompt)).length;
    }

    /** Tokenizes the chat, of which not more than {@code most} tokens stay: a long prompt loses its end and the chat's. */
    public long[] ids(String prompt, int most) {
        long[] ids = tokenizer.pieces(around(prompt));
        return ids.length > most ? Arrays.copyOf(ids, most) : ids;
    }

    /** Tokenizes the chat, cut at its end or padded in front to exactly {@code length} tokens. */
    public PaddedIds padded(String prompt, int length) {
        return PaddedIds.inFront(ids(prompt, length), length, padToken);
    }
}
