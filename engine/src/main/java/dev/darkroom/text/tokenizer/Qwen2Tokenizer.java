package dev.darkroom.text.tokenizer;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.checkpoint.ConfigKeys;
import dev.darkroom.job.JobException;
import dev.darkroom.text.PatchGrid;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Qwen2's tokenizer, a byte-level BPE. Special tokens such as {@code <|im_start|>} are found wherever they stand in a text, in the caller's
 * part of a template too, as in the reference; but an image token in the caller's part stands for no image, and is refused.
 *
 * <p>Source: huggingface/transformers, {@code models/qwen2/tokenization_qwen2.py}, Qwen2Tokenizer, and
 * {@code models/qwen2_5_vl/processing_qwen2_5_vl.py} for the expansion of image tokens.
 */
public final class Qwen2Tokenizer {
    /** Names of the classes that read the same files; the last two read any {@code tokenizer.json}. */
    public static final List<String> CLASS_NAMES =
            List.of("Qwen2Tokenizer", "Qwen2TokenizerFast", "PreTrainedTokenizerFast", "TokenizersBackend");

    /** The meaning of the keys of {@code tokenizer_config.json}. */
    public static final ConfigKeys KEYS = keys("tokenizer/tokenizer_config.json (Qwen-Image, LongCat-Image, Z-Image)")
            .ignores("prompts are encoded one by one, without padding", "padding_side");

    /** The meaning of the same keys where prompts are padded. */
    public static final ConfigKeys CHAT_KEYS =
            keys("tokenizer/tokenizer_config.json (FLUX.2 klein)").must("padding_side", "right");

    private static final String PROMPT = "{}";
    private static final String IMAGE_TOKEN = "<|image_pad|>";
    private static final String PAD_TOKEN = "<|endoftext|>";
    private static final List<String> SPECIAL =
            List.of("<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", IMAGE_TOKEN);

    private final SubwordTokenizer tokenizer;
    private final long imageToken;
    private final Optional<Long> padToken;

    private Qwen2Tokenizer(SubwordTokenizer tokenizer, long imageToken, Optional<Long> padToken) {
        this.tokenizer = tokenizer;
        this.imageToken = imageToken;
        this.padToken = padToken;
    }

    private static ConfigKeys keys(String file) {
        return TokenizerSettings.keys(file, CLASS_NAMES)
                .must("add_prefix_space", false)
                .must("add_bos_token", false)
                .must("add_eos_token", false)
                .ignores("the pipelines state it themselves", "model_max_length");
    }

    /**
     * Reads a folder with {@code tokenizer.json}, or with {@code vocab.json}, {@code merges.txt} and the special tokens in
     * {@code added_tokens.json} or {@code tokenizer_config.json}.
     */
    public static Qwen2Tokenizer read(Path folder) {
        return read(folder, KEYS);
    }

    /** Reads such a folder of a checkpoint whose prompts are padded, at their end. */
    public static Qwen2Tokenizer readChat(Path folder) {
        Qwen2Tokenizer tokenizer = read(folder, CHAT_KEYS);
        if (tokenizer.padToken.isEmpty()) {
            throw new CheckpointException(folder + " has no token that prompts are padded with, such as " + PAD_TOKEN);
        }
        return tokenizer;
    }

    private static Qwen2Tokenizer read(Path folder, ConfigKeys keys) {
        TokenizerFiles files = TokenizerFiles.qwen(folder);
        TokenizerSettings settings = TokenizerSettings.read(folder, keys);
        settings.checkAdded(files);
        try {
            var tokenizer = new SubwordTokenizer(files);
            for (String token : SPECIAL) {
                tokenizer.requireOnePiece(token, files.id(token));
            }
            Optional<Long> pad = Optional.ofNullable(
                    files.ids().get(settings.token("pad_token").orElse(PAD_TOKEN)));
            return new Qwen2Tokenizer(tokenizer, files.id(IMAGE_TOKEN), pad);
        } catch (IOException | RuntimeException e) {
            throw new CheckpointException(folder + " holds no usable tokenizer: " + e.getMessage(), e);
        }
    }

    /**
     * Returns this tokenizer for a text encoder with this many rows in its table of embeds.
     *
     * @throws CheckpointException if there are tokens beyond it
     */
    public Qwen2Tokenizer within(int rows) {
        tokenizer.requireWithin(rows);
        return this;
    }

    /** Id of the image token, which stands for one token of an image. */
    public long imageToken() {
        return imageToken;
    }

    /** Id of the token that fills a prompt up, if the tokenizer has one. */
    public Optional<Long> padToken() {
        return padToken;
    }

    /** Tokenizes a whole text, with special tokens found in it. */
    public long[] encode(String text) {
        return tokenizer.pieces(text);
    }

    /**
     * Tokenizes a prompt in its template.
     *
     * @param template with <code>{}</code> where the prompt belongs, and one {@code <|image_pad|>} for each image, which is repeated for
     *     each token of the image
     * @throws dev.darkroom.job.JobException if the prompt contains image tokens itself
     */
    public long[] encode(String template, String prompt, List<PatchGrid> images) {
        long[] ids = encode(template.replace(PROMPT, prompt));
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] == imageToken) {
                places.add(i);
            }
        }
        if (places.size() != images.size()) {
            throw JobException.badInput(
                    "prompt: must not contain " + IMAGE_TOKEN + ", which stands for one of the job's images");
        }
        long[] expanded = new long
                [ids.length
                        + images.stream().mapToInt(image -> image.tokens() - 1).sum()];
        int from = 0;
        int to = 0;
        for (int i = 0; i < places.size(); i++) {
            int before = places.get(i) - from;
            System.arraycopy(ids, from, expanded, to, before);
            Arrays.fill(expanded, to + before, to + before + images.get(i).tokens(), imageToken);
            from += before + 1;
            to += before + images.get(i).tokens();
        }
        System.arraycopy(ids, from, expanded, to, ids.length - from);
        return expanded;
    }
}
