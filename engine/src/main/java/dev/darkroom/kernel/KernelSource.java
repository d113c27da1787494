package dev.darkroom.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The text of one kernel file, with the one header that all of them include.
 *
 * @param name of the file, such as {@code qk_norm_rope.cu}
 * @param functions that it defines for callers
 */
public record KernelSource(String name, String text, String header, List<String> functions) {
    static final String HEADER = "numbers.cuh";

    /** Reads all kernel files. */
    public static List<KernelSource> all() {
        return List.of(
                of("qk_norm_rope.cu", QkNormRope.NAME),
                of("gated_add_norm.cu", GatedAddNorm.NAME, GatedAddNorm.QUANTISED),
                of("quantise_rows.cu", QuantiseRows.NAME, QuantiseRows.GELU, QuantiseRows.BESIDE_GELU));
    }

    private static KernelSource of(String name, String... functions) {
        return new KernelSource(name, read(name), read(HEADER), List.of(functions));
    }

    private static String read(String name) {
        try (InputStream in = Objects.requireNonNull(KernelSource.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be read", e);
        }
    }

    /** Hashes the text of several files. */
    public static String hash(List<KernelSource> sources) {
        return hash(sources.stream().map(KernelSource::hash));
    }

    /** Hashes all that the compiler reads. */
    String hash() {
        return hash(Stream.of(text, header, String.join(" ", Nvrtc.OPTIONS)));
    }

    private static String hash(Stream<String> parts) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            parts.forEach(part -> digest.update(part.getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
