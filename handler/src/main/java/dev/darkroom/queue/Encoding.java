package dev.darkroom.queue;

import dev.darkroom.job.JobException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The Unicode encodings in which a JSON text may come. The first bytes tell them apart: by a byte order mark, or because JSON begins with a
 * character of ASCII, so that the place of zeros shows the width.
 *
 * <p>Source: RFC 4627, section 3.
 */
enum Encoding {
    UTF_32BE("UTF-32", Charset.forName("UTF-32BE"), 4, new int[] {0, 0, 0xFE, 0xFF}, new int[] {0, 0, 0, 'x'}),
    UTF_32LE("UTF-32", Charset.forName("UTF-32LE"), 4, new int[] {0xFF, 0xFE, 0, 0}, new int[] {'x', 0, 0, 0}),
    UTF_16BE("UTF-16", StandardCharsets.UTF_16BE, 2, new int[] {0xFE, 0xFF}, new int[] {0, 'x'}),
    UTF_16LE("UTF-16", StandardCharsets.UTF_16LE, 2, new int[] {0xFF, 0xFE}, new int[] {'x', 0}),
    UTF_8("UTF-8", StandardCharsets.UTF_8, 1, new int[] {0xEF, 0xBB, 0xBF}, new int[] {'x'});

    private static final int AT_A_TIME = 8_192;

    private final String title;
    private final Charset charset;
    private final int width;
    private final int[] mark;
    private final int[] zeros;

    Encoding(String title, Charset charset, int width, int[] mark, int[] zeros) {
        this.title = title;
        this.charset = charset;
        this.width = width;
        this.mark = mark;
        this.zeros = zeros;
    }

    /** Returns the encoding that a JSON text begins with. */
    static Encoding of(byte[] text) {
        return Arrays.stream(values())
                .filter(encoding -> encoding.isMarked(text))
                .findFirst()
                .or(() -> Arrays.stream(values())
                        .filter(encoding -> encoding.fits(text))
                        .findFirst())
                .orElse(UTF_8);
    }

    /** Returns the bytes of a text without its byte order mark. */
    ByteBuffer withoutMark(byte[] text) {
        int from = isMarked(text) ? mark.length : 0;
        return ByteBuffer.wrap(text, from, text.length - from);
    }

    /**
     * Checks that bytes are valid in this encoding, with no more memory than a few characters take.
     *
     * @throws JobException if they are not
     */
    void check(ByteBuffer bytes) {
        CharsetDecoder decoder = decoder();
        ByteBuffer rest = bytes.duplicate();
        CharBuffer characters = CharBuffer.allocate(AT_A_TIME);
        CoderResult result;
        do {
            characters.clear();
            result = decoder.decode(rest, characters, true);
        } while (result.isOverflow());
        if (result.isError()) {
            throw invalid(null);
        }
    }

    /**
     * Decodes bytes.
     *
     * @throws JobException if they are not valid in this encoding
     */
    String decoded(ByteBuffer bytes) {
        try {
            return decoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw invalid(e);
        }
    }

    private CharsetDecoder decoder() {
        return charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
    }

    private JobException invalid(@Nullable CharacterCodingException cause) {
        return new JobException(JobException.Code.BAD_INPUT, "the body is not valid " + title, cause);
    }

    private boolean isMarked(byte[] text) {
        for (int i = 0; i < mark.length; i++) {
            if (i >= text.length || (text[i] & 0xFF) != mark[i]) {
                return false;
            }
        }
        return true;
    }

    /** Returns true if zeros are where this encoding has them in its first character, and nowhere else there. */
    private boolean fits(byte[] text) {
        if (text.length < width) {
            return false;
        }
        for (int i = 0; i < width; i++) {
            if ((text[i] == 0) != (zeros[i] == 0)) {
                return false;
            }
        }
        return true;
    }
}
