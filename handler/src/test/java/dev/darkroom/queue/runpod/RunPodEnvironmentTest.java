package dev.darkroom.queue.runpod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.logs.LogTap;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the platform's variables mean, and what happens without them. */
class RunPodEnvironmentTest {
    private static final Map<String, String> VARIABLES = Map.of(
            "RUNPOD_WEBHOOK_GET_JOB", "https://api.test/v2/ep/job-take/$ID",
            "RUNPOD_WEBHOOK_POST_OUTPUT", "https://api.test/v2/ep/job-done/$RUNPOD_POD_ID/$ID",
            "RUNPOD_WEBHOOK_PING", "https://api.test/v2/ep/ping/$RUNPOD_POD_ID",
            "RUNPOD_AI_API_KEY", "rpa_SECRET",
            "RUNPOD_POD_ID", "pod-1",
            "RUNPOD_POD_HOSTNAME", "host-1");

    @Test
    void aProcessWithoutTheQueuesAddressIsNotOnRunPod() {
        assertThat(RunPodEnvironment.from(without("RUNPOD_WEBHOOK_GET_JOB"))).isEmpty();
        assertThat(RunPodEnvironment.from(with("RUNPOD_WEBHOOK_GET_JOB", " "))).isEmpty();
    }

    @Test
    void aWorkerThatCouldNotAnswerIsRefused() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> RunPodEnvironment.from(without("RUNPOD_WEBHOOK_POST_OUTPUT")))
                .withMessageStartingWith("RUNPOD_WEBHOOK_POST_OUTPUT: is missing");
    }

    @ParameterizedTest
    @CsvSource({
        "10000, 10000",
        "2500, 2500",
        "999, 1000",
        "0, 1000",
        "-5, 1000",
        "99999999999, 300000",
        "ten, 10000",
        "' ', 10000"
    })
    void theTimeBetweenPingsIsSensible(String value, long milliseconds) {
        assertThat(environment(with("RUNPOD_PING_INTERVAL", value)).pingInterval())
                .isEqualTo(Duration.ofMillis(milliseconds));
    }

    @Test
    void aMissingKeyIsSaidAloudAndEndsOnlyTheHeartbeat() {
        try (var log = new LogTap(RunPodSource.class)) {
            RunPodEnvironment environment = environment(without("RUNPOD_AI_API_KEY"));

            assertThat(environment.key()).isNull();
            assertThat(environment.urls().ping("x")).isEmpty();
            assertThat(log.text()).contains("RUNPOD_AI_API_KEY is missing");
        }
    }

    @Test
    void aWorkerWithoutANameGetsOneOfItsOwn() {
        RunPodEnvironment environment = environment(without("RUNPOD_POD_ID"));

        assertThat(environment.workerId()).hasSize(36);
        assertThat(environment.urls().take(false)).contains("/job-take/" + environment.workerId());
        assertThat(environment.urls().ping("x")).isEmpty();
    }

    @Test
    void itsTextHoldsNoSecrets() {
        assertThat(environment(VARIABLES)).hasToString("worker pod-1 on host-1");
    }

    private static RunPodEnvironment environment(Map<String, String> variables) {
        return RunPodEnvironment.from(variables).orElseThrow();
    }

    private static Map<String, String> without(String name) {
        Map<String, String> variables = new HashMap<>(VARIABLES);
        variables.remove(name);
        return variables;
    }

    private static Map<String, String> with(String name, String value) {
        Map<String, String> variables = new HashMap<>(VARIABLES);
        variables.put(name, value);
        return variables;
    }
}
