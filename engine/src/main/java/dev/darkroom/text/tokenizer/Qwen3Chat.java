package dev.darkroom.text.tokenizer;

import java.util.Arrays;

/**
 * The chat that Qwen3 reads a prompt in: a user's message, and the beginning of an answer. Its constants stand for what the reference's
 * templates make of one message; a prompt that is too long loses the chat's end with its own.
 *
 * <p>Source: the {@code chat_template} of Qwen3, with {@code add_generation_prompt}, as huggingface/diffusers calls it in
 * {@code pipelines/flux2/pipeline_flux2_klein.py} and {@code pipelines/z_image/pipeline_z_image.py}.
 */
public enum Qwen3Chat {
    /** The answer may begin with thoughts. */
    THINKING(""),
    /** The answer has empty thoughts already. */
    WITHOUT_THOUGHTS("<think>\n\n</think>\n\n");

    private final String thoughts;

    Qwen3Chat(String thoughts) {
        this.thoughts = thoughts;
    }

    /** Returns the whole text of the chat. */
    public String around(String prompt) {
        return "<|im_start|>user\n" + prompt + "<|im_end|>\n<|im_start|>assistant\n" + thoughts;
    }

    /** Counts the tokens of the whole chat. */
    public int length(Qwen2Tokenizer tokenizer, String prompt) {
        return tokenizer.encode(around(prompt)).length;
    }

    /** Tokenizes the chat, of which not more than {@code most} tokens stay. */
    public long[] ids(Qwen2Tokenizer tokenizer, String prompt, int most) {
        long[] ids = tokenizer.encode(around(prompt));
        return ids.length > most ? Arrays.copyOf(ids, most) : ids;
    }

    /** Tokenizes the chat, cut or padded at its end to exactly {@code length} tokens, with a tokenizer that {@link Qwen2Tokenizer#readChat} read. */
    public PaddedIds padded(Qwen2Tokenizer tokenizer, String prompt, int length) {
        return PaddedIds.atEnd(
                ids(tokenizer, prompt, length), length, tokenizer.padToken().orElseThrow());
    }
}
