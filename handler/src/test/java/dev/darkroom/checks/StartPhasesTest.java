package dev.darkroom.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a start tells of itself: its phases, a library that could not be loaded beside it, a cache that the JVM has left out. */
class StartPhasesTest {
    @Test
    void phasesComeInTheirOrderAndAddUp() {
        var phases = new StartPhases();
        phases.begin("1000.250000", "1000,361000", 1000.421, System.nanoTime() - 500_000_000);
        phases.lap("storage");
        phases.lap("weights");
        phases.lap("weights");

        assertThat(phases.milliseconds().keySet()).containsExactly("scripts", "jvm", "framework", "storage", "weights");
        assertThat(phases.milliseconds()).containsEntry("scripts", 111L).containsEntry("jvm", 60L);
        assertThat(phases.milliseconds().get("framework")).isBetween(0L, 500L);
        assertThat(phases.toString())
                .matches("started in \\d+ ms: scripts 111, jvm 60, framework \\d+, storage \\d+, weights \\d+.*");
    }

    @ParameterizedTest
    @CsvSource({"'', ''", "1000.0, ''", "rubbish, more"})
    void whatIsNotKnownIsLeftOut(String begun, String checked) {
        var phases = new StartPhases();
        phases.begin(begun, checked, 1000, System.nanoTime());

        assertThat(phases.milliseconds().keySet()).containsExactly("framework");
    }

    @Test
    void aClockThatWasSetMakesNoPhaseNegative() {
        var phases = new StartPhases();
        phases.begin("2000.0", "1500.0", 1000, System.nanoTime());

        assertThat(phases.milliseconds().values())
                .allSatisfy(time -> assertThat(time).isNotNegative());
    }

    /** The same error, at the place where the operators are wanted, as without the thread beside. */
    @Test
    void whatCannotBeLoadedFailsWhereItIsWanted() throws Exception {
        var error = new UnsatisfiedLinkError("libtorch_cpu.so: cannot open shared object file");
        EarlyOperators failed = EarlyOperators.begin(() -> {
            throw error;
        });
        var reason = new IllegalStateException("no archive");
        EarlyOperators refused = EarlyOperators.begin(() -> {
            throw reason;
        });

        assertThatThrownBy(failed::awaitLoaded).isSameAs(error);
        assertThatThrownBy(failed::awaitLoaded).isSameAs(error);
        assertThatThrownBy(refused::awaitLoaded).isSameAs(reason);
    }

    @Test
    void loadingGoesOnBesideWhoBeganIt() throws Exception {
        var begun = new CountDownLatch(1);
        EarlyOperators early = EarlyOperators.begin(() -> {
            begun.await();
            return "loaded";
        });
        begun.countDown();

        early.awaitLoaded();
        assertThat(begun.getCount()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"true, mixed mode, true", "true, 'mixed mode, sharing', false", ", mixed mode, false"})
    void aCacheThatTheJvmHasLeftOutIsTold(String given, String info, boolean told) {
        var properties = new Properties();
        if (given != null) {
            properties.setProperty("start.cached", given);
        }
        properties.setProperty("java.vm.info", info);

        assertThat(JvmCache.leftOut(properties).isPresent()).isEqualTo(told);
    }
}
