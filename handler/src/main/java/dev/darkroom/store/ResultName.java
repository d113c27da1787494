package dev.darkroom.store;

import dev.darkroom.job.FileFormat;
import dev.darkroom.snapshot.Randomness;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Identifies a picture of a job.
 *
 * @param job the job's id, as whoever sent the job chose it: not to be trusted in a path
 * @param index of the picture in the job's answer, from 0
 */
public record ResultName(String job, int index) {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    private static final int RANDOM_BYTES = 16;

    public ResultName {
        if (job.isEmpty() || index < 0) {
            throw new IllegalArgumentException("picture " + index + " of job '" + job + "' cannot be named");
        }
    }

    /** Returns the job's id where it is plain enough for a path, otherwise a name made from its hash. */
    String folder() {
        return PLAIN.matcher(job).matches() ? job : "job-" + jobHash();
    }

    /** Returns the SHA-256 of the job's id, as 64 hexadecimal digits. */
    String jobHash() {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(job.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    /** Returns a new random file name that nobody can guess. */
    static String unguessable(FileFormat format) {
        byte[] random = new byte[RANDOM_BYTES];
        Randomness.fill(random);
        return HexFormat.of().formatHex(random) + "." + format.extension();
    }
}
