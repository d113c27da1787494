package dev.darkroom.text.tokenizer;

import dev.darkroom.checkpoint.CheckpointException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.Deque;

/**
 * SentencePiece's table of character replacements: a double-array trie over UTF-8 bytes, then the replacements. The tokenizer library
 * follows the table's offsets unchecked, and one that leads outside ends the process on the first prompt that reaches it; so every offset
 * that a prompt can reach is followed here first.
 *
 * <p>Source: google/sentencepiece, {@code src/normalizer.cc}, DecodePrecompiledCharsMap; s-yata/darts-clone, {@code darts.h}.
 */
final class PrecompiledCharsmap {
    private final int[] units;
    private final byte[] replacements;

    private PrecompiledCharsmap(int[] units, byte[] replacements) {
        this.units = units;
        this.replacements = replacements;
    }

    /**
     * Checks that no offset of a table leads outside of it.
     *
     * @throws dev.darkroom.checkpoint.CheckpointException if one does
     */
    static void check(Path file, String base64) {
        try {
            ByteBuffer bytes =
                    ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN);
            int trieBytes = bytes.getInt();
            if (trieBytes < Integer.BYTES || trieBytes > bytes.remaining()) {
                throw new IndexOutOfBoundsException(trieBytes);
            }
            int[] units = new int[trieBytes / Integer.BYTES];
            bytes.asIntBuffer().get(units);
            byte[] replacements =
                    Arrays.copyOfRange(bytes.array(), Integer.BYTES * (units.length + 1), bytes.capacity());
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(replacements));
            new PrecompiledCharsmap(units, replacements).followAll();
        } catch (RuntimeException | CharacterCodingException e) {
            throw new CheckpointException(file + ": precompiled_charsmap is damaged", e);
        }
    }

    private void followAll() {
        var seen = new BitSet();
        Deque<Integer> nodes = new ArrayDeque<>();
        nodes.add(offset(units[0]));
        while (!nodes.isEmpty()) {
            int node = nodes.pop();
            if (seen.get(node)) {
                continue;
            }
            seen.set(node);
            for (int label = 1; label <= 0xFF; label++) { // any byte may follow in a text
                int unit = units[node ^ label];
                if ((unit & 0x800000FF) == label) {
                    int next = node ^ label ^ offset(unit);
                    if (isBeforeLeaf(unit)) {
                        checkReplacement(units[next] & Integer.MAX_VALUE);
                    }
                    nodes.add(next);
                }
            }
        }
    }

    private static int offset(int unit) {
        return unit >>> 10 << ((unit & 0x200) >>> 6);
    }

    private static boolean isBeforeLeaf(int unit) {
        return (unit & 0x100) != 0;
    }

    /** Checks that a replacement starts inside the table, at the beginning of a character. */
    private void checkReplacement(int at) {
        if (at > replacements.length || (at < replacements.length && (replacements[at] & 0xC0) == 0x80)) {
            throw new IndexOutOfBoundsException(at);
        }
    }
}
