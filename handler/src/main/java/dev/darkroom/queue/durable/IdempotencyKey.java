package dev.darkroom.queue.durable;

import dev.darkroom.job.JobException;
import dev.darkroom.queue.durable.disk.Submission;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A caller's own name for one submission: sent again with the same key, it is the same job. A caller whose answer was lost can so try again
 * without a second job.
 *
 * <p>Source: draft-ietf-httpapi-idempotency-key-header. The draft has the key in quotes; many clients send it without.
 */
public record IdempotencyKey(String text) {
    public static final String HEADER = "Idempotency-Key";

    private static final int LONGEST = 255;
    private static final Pattern VISIBLE = Pattern.compile("[!-~]{1," + LONGEST + "}");

    /**
     * Reads the values of the header.
     *
     * @return null if there is none
     * @throws JobException if there are several, or it is no key
     */
    public static @Nullable IdempotencyKey read(List<String> values) {
        if (values.isEmpty()) {
            return null;
        }
        if (values.size() > 1) {
            throw JobException.badInput(HEADER + ": is there " + values.size() + " times: send it once");
        }
        String value = values.getFirst().strip();
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        String text = quoted ? value.substring(1, value.length() - 1) : value;
        if (text.isEmpty()) {
            throw JobException.badInput(HEADER + ": is empty");
        }
        if (!VISIBLE.matcher(text).matches()) {
            throw JobException.badInput(
                    HEADER + ": must have at most " + LONGEST + " visible ASCII characters, without spaces");
        }
        return new IdempotencyKey(text);
    }

    /** Makes what is kept of a submission under this key. */
    Submission of(byte[] body) {
        try {
            return new Submission(
                    text,
                    HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(body)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
