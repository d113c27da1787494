package dev.darkroom.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Copies of one snapshot must not share a single id, whatever the snapshot has of the kernel's random numbers. */
class RandomnessTest {
    private static final byte[] POOL = {1, 2, 3, 4};

    @Test
    void copiesWithTheSameKernelStateDifferByTheirSurroundings() throws GeneralSecurityException {
        byte[] here = Randomness.surroundings(Map.of("RUNPOD_POD_ID", "worker-1"));
        byte[] there = Randomness.surroundings(Map.of("RUNPOD_POD_ID", "worker-2"));

        assertThat(Randomness.begun(restored(), here).nextLong())
                .isNotEqualTo(Randomness.begun(restored(), there).nextLong());
        // what makes the difference is the surroundings: without one there is none
        assertThat(Randomness.begun(restored(), here).nextLong())
                .isEqualTo(Randomness.begun(restored(), here).nextLong());
    }

    /** A generator whose state was in the snapshot, so that all copies have it. */
    private static SecureRandom restored() throws GeneralSecurityException {
        SecureRandom random = SecureRandom.getInstance("SHA1PRNG");
        random.setSeed(POOL);
        return random;
    }

    @Test
    void theSurroundingsAreNeverTheSameTwice() {
        assertThat(Randomness.surroundings(Map.of())).isNotEqualTo(Randomness.surroundings(Map.of()));
    }

    @Test
    void aRestoreReplacesTheGeneratorBeforeAnybodyElseHearsOfIt() {
        SecureRandom before = Randomness.secure();
        var seen = new SecureRandom[1];
        try (var unused = Restored.listen("ids", wake -> seen[0] = Randomness.secure())) {
            Restored.happened(new Wake(Wake.Cause.SIGNAL, Duration.ZERO, Duration.ZERO));
        }

        assertThat(seen[0]).isNotNull().isNotSameAs(before);
    }

    @Test
    void idsAreRandomOnesByTheirVersionAndNeverRepeated() {
        Set<UUID> all = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            UUID id = Randomness.uuid();
            assertThat(id.version()).isEqualTo(4);
            assertThat(id.variant()).isEqualTo(2);
            assertThat(all.add(id)).isTrue();
        }
    }
}
