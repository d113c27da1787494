package dev.darkroom.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A job's id names a folder only if it is one name and nothing more. */
class ResultNameTest {
    @ParameterizedTest
    @ValueSource(strings = {"job-1", "sync-0b7c3f1e-9a55-4a3e-8a1f-2d3c4b5a6978-e1", "A.b_c"})
    void aPlainIdIsTheFolder(String job) {
        assertThat(new ResultName(job, 0).folder()).isEqualTo(job);
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", ".", "-x", "a/b", "a\\b", "a b", "a\nb", "ä", "%2e%2e"})
    void anyOtherIdIsHashed(String job) {
        assertThat(new ResultName(job, 0).folder()).matches("job-[0-9a-f]{64}");
    }

    @Test
    void aLongIdIsHashed() {
        assertThat(new ResultName("a".repeat(5000), 0).folder()).hasSize(68);
    }

    @Test
    void whatNamesNothingIsRefused() {
        assertThatThrownBy(() -> new ResultName("", 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ResultName("job", -1)).isInstanceOf(IllegalArgumentException.class);
    }
}
