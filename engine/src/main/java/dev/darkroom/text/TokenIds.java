package dev.darkroom.text;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.tensor.Tensor;

/** Makes tensors of token ids for an embedding table. */
final class TokenIds {
    private TokenIds() {}

    /**
     * Makes a tensor of the ids of one prompt, {@code [1, S]} on the host. Ids beyond the table are refused: on a card they would end
     * the process.
     */
    static Tensor of(long[] ids, int vocabulary) {
        for (long id : ids) {
            if (id < 0 || id >= vocabulary) {
                throw new CheckpointException(
                        "the tokenizer gives id " + id + ", but the text encoder has a vocabulary of " + vocabulary);
            }
        }
        return Tensor.of(ids, 1, ids.length);
    }
}
