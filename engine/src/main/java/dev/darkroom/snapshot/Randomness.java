package dev.darkroom.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Random numbers that two restored copies of a process do not share. Those of {@link java.util.concurrent.ThreadLocalRandom} and of
 * {@link RandomGenerator#getDefault()} they would: these are computed from a state that lies in the snapshot. Safe for several threads.
 */
public final class Randomness {
    private static final Path OWN_UUID = Path.of("/proc/sys/kernel/random/uuid");
    private static volatile SecureRandom present = new SecureRandom();

    private Randomness() {}

    /** Fills an array with random bytes, for keys and names that nobody can guess. */
    public static void fill(byte[] bytes) {
        present.nextBytes(bytes);
    }

    /** Returns the generator of now; not to be kept. */
    static SecureRandom secure() {
        return present;
    }

    /** Returns the generator of now for seeds and pauses; not to be kept. */
    public static RandomGenerator plain() {
        return present;
    }

    /** Returns a new random id. */
    public static UUID uuid() {
        byte[] random = new byte[16];
        present.nextBytes(random);
        var bits = ByteBuffer.wrap(random);
        long high = bits.getLong() & 0xffff_ffff_ffff_0fffL | 0x4000L;
        long low = bits.getLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    /**
     * Begins anew. The state is mixed with whatever may tell this copy from the others, since the kernel's own random numbers are in the
     * snapshot too where that is one of a whole machine.
     */
    static void renew() {
        present = begun(new SecureRandom(), surroundings(System.getenv()));
    }

    /** Adds what is unlike elsewhere to a generator, whose state may be that of all copies. */
    static SecureRandom begun(SecureRandom random, byte[] unlike) {
        random.setSeed(unlike); // adds to the state, and replaces nothing
        return random;
    }

    /** Digests the clocks, the process, the machine's names, and the variables, among which platforms give each worker an id. */
    static byte[] surroundings(Map<String, String> variables) {
        try {
            Instant now = Instant.now();
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(ByteBuffer.allocate(3 * Long.BYTES)
                    .putLong(System.nanoTime())
                    .putLong(ProcessHandle.current().pid())
                    .putLong(now.getEpochSecond())
                    .array());
            digest.update(
                    ByteBuffer.allocate(Integer.BYTES).putInt(now.getNano()).array());
            digest.update(new TreeMap<>(variables).toString().getBytes(StandardCharsets.UTF_8));
            for (Path known : new Path[] {OWN_UUID, Path.of("/etc/hostname"), Path.of("/sys/class/net/eth0/address")}) {
                digest.update(content(known));
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    private static byte[] content(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            return new byte[0]; // not on this machine
        }
    }
}
