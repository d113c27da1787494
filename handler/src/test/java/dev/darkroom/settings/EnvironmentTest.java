package dev.darkroom.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.WorkerConfig;
import java.net.MalformedURLException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names and values that a worker may be started with, and those that it refuses. */
class EnvironmentTest {
    /** The worker's own file: that of the tests hides it. */
    private static final Path FILE =
            Path.of(System.getProperty("darkroom.home"), "handler/src/main/resources/application.properties");

    private static Environment of(Map<String, String> variables) {
        try {
            return new Environment(variables, WorkerConfig.class, FILE.toUri().toURL());
        } catch (MalformedURLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void withoutASettingNothingIsWrong() {
        Environment plain = of(Map.of());

        assertThat(plain.faults()).isEmpty();
        assertThat(plain.doubts()).isEmpty();
        assertThat(plain.read(WorkerConfig.class).limits().steps()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "DARKROOM_MODEL, DARKROOM_MODELS",
        "DARKROOM_MODLES, DARKROOM_MODELS",
        "DARKROOM_API_KEY, DARKROOM_HTTP_API_KEY",
        "DARKROOM_WEBHOOK_SECRET, DARKROOM_HTTP_WEBHOOK_SECRET",
        "DARKROOM_DTYP, DARKROOM_DTYPE",
        "DARKROOM_S3_EXPIRES, DARKROOM_S3_EXPIRY",
        "DARKROOM_SKIP_CHECK, DARKROOM_SKIP_CHECKS",
        "DARKROOM_WAITS, DARKROOM_WAIT",
        "DARKROOM_RESULT_KEPT, DARKROOM_RESULTS_KEPT",
        "darkroom_models, DARKROOM_MODELS",
        "DARKROOM_LIMITS_STEP, DARKROOM_LIMITS_STEPS",
        "DARKROOM_HTTP_CORS_ORIGIN, DARKROOM_HTTP_CORS_ORIGINS"
    })
    void aMisspeltNameIsRefusedWithTheOneThatWasMeant(String given, String meant) {
        assertThat(of(Map.of(given, "schnell=/models/x")).faults())
                .containsExactly(given + ": is no setting of this worker; did you mean " + meant + "?");
    }

    @Test
    void aNameLikeNoneOfOursIsRefusedToo() {
        assertThat(of(Map.of("DARKROOM_QUUX", "1")).faults())
                .containsExactly("DARKROOM_QUUX: is no setting of this worker; docs/configuration.md lists them all");
    }

    @Test
    void aMisspeltPropertyIsRefused() {
        System.setProperty("darkroom.modles", "x=y");
        try {
            assertThat(of(Map.of()).faults())
                    .containsExactly("darkroom.modles: is no setting of this worker; did you mean darkroom.models?");
        } finally {
            System.clearProperty("darkroom.modles");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DARKROOM_SERVICE_HOST",
                "DARKROOM_SERVICE_PORT_HTTP",
                "DARKROOM_PORT_80_TCP_ADDR",
                "DARKROOM_MINIO_PORT_9000_TCP",
                "DARKROOM_IMAGE",
                "DARKROOM_SOURCES_ROOTS_0_",
                "MY_DARKROOM_THING",
                "HF_DATASETS_CACHE"
            })
    void whatOthersSetIsNoFault(String name) {
        assertThat(of(Map.of(name, "/1")).faults()).isEmpty();
    }

    @Test
    void aLinkToAServiceIsNoFault() {
        assertThat(of(Map.of("DARKROOM_MINIO_PORT", "tcp://10.0.0.7:9000")).faults())
                .isEmpty();
    }

    @Test
    void aBucketThatIsNearlyConfiguredIsWorthAWarning() {
        Environment nearly = of(Map.of("BUCKET_ENDPONT_URL", "x", "BUCKET_NAME", "y", "BUCKET_LIST", "z"));

        assertThat(nearly.faults()).isEmpty();
        assertThat(nearly.doubts())
                .containsExactly("BUCKET_ENDPONT_URL is read by nobody: did you mean BUCKET_ENDPOINT_URL?");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "DARKROOM_DTYPE, fp16, \"must be one of float32, bfloat16, not 'fp16'\"",
                "DEVICE, tpu, \"must be one of auto, cpu, cuda, not 'tpu'\"",
                "DARKROOM_DEVICE, gpu, \"must be one of auto, cpu, cuda, not 'gpu'\"",
                "DARKROOM_LOG, xml, \"must be one of text, json, not 'xml'\"",
                "DARKROOM_UNKNOWN_FIELDS, ignore, \"must be one of refuse, warn, not 'ignore'\"",
                "DARKROOM_RUNPOD_REFRESH_ON, \"DEVICE_LOST,NOPE\", \"must be one of BAD_INPUT, \"",
                "PORT, 80a, \"must be a whole number from 0 to 65535, not '80a'\"",
                "PORT, 70000, from 0 to 65535",
                "PORT, -1, from 0 to 65535",
                "DARKROOM_LIMITS_STEPS, 0, \"must be a whole number from 1, not '0'\"",
                "DARKROOM_LIMITS_STEPS, 1.5, must be a whole number from 1",
                "DARKROOM_LIMITS_STEPS, 99999999999, must be a whole number from 1",
                "DARKROOM_LIMITS_SIDE, 20, must be a whole number from 64",
                "DARKROOM_HTTP_CAPACITY, -5, must be a whole number from 1",
                "DARKROOM_MEMORY, 20, \"must be a size such as 500M or 20G, of at least 1M, not 20 bytes: did you mean 20G?\"",
                "DARKROOM_MEMORY, 20K, of at least 1M",
                "DARKROOM_MEMORY, 20GB, \"must be a size such as 500M or 20G, of at least 1M, not '20GB'\"",
                "DARKROOM_MEMORY, -20G, must be a size",
                "DARKROOM_MEMORY, lots, must be a size",
                "DARKROOM_HTTP_LARGEST_BODY, 100, \"of at least 1K, not 100 bytes: did you mean 100G?\"",
                "DARKROOM_LORAS_FOLDER, 20, of at least 1M",
                "DARKROOM_S3_EXPIRY, 10x, \"must be a time such as 500ms, 30s, 10m or 24h, of at least 1s and at most 7d, not '10x'\"",
                "DARKROOM_S3_EXPIRY, 8d, at most 7d",
                "DARKROOM_S3_EXPIRY, 0s, of at least 1s",
                "DARKROOM_SOURCES_TIMEOUT, 0s, of at least 1ms",
                "DARKROOM_RESULTS_KEPT, -1h, not below 0",
                "DARKROOM_RESULTS_KEPT, forever, must be a time",
                "DARKROOM_WAIT, soon, must be a time",
                "DARKROOM_HTTP_METRICS_OPEN, maybe, \"must be true or false, not 'maybe'\"",
                "DARKROOM_SOURCES_ALLOW_PRIVATE_ADDRESSES, enabled, must be true or false",
                "RUNPOD_ALLOW_PRIVATE_DOWNLOAD_URLS, ture, must be true or false",
                "HF_HUB_OFFLINE, ja, must be true or false",
                "DARKROOM_PUBLIC_URL, pictures.example.com, \"must begin with https:// or http://, and a host\"",
                "DARKROOM_PUBLIC_URL, \"http://a b\", must be an address",
                "HF_ENDPOINT, huggingface.co, must begin with https://"
            })
    void aValueThatMakesNoSenseIsRefusedByTheNameThatItWasGivenUnder(String name, String value, String fault) {
        assertThat(of(Map.of(name, value)).faults())
                .singleElement()
                .asString()
                .startsWith(name + ": ")
                .contains(fault)
                .doesNotContain("SRCFG", "java.", "dev.darkroom");
    }

    @ParameterizedTest
    @CsvSource({
        "DARKROOM_DTYPE, BFloat16",
        "DEVICE, CPU",
        "DARKROOM_MEMORY, 20G",
        "DARKROOM_MEMORY, 20g",
        "DARKROOM_MEMORY, 21474836480",
        "DARKROOM_S3_EXPIRY, 10",
        "DARKROOM_S3_EXPIRY, 7d",
        "DARKROOM_S3_EXPIRY, PT2H",
        "DARKROOM_HTTP_METRICS_OPEN, yes",
        "HF_HUB_OFFLINE, 1",
        "DARKROOM_WAIT, 60",
        "DARKROOM_RESULTS_KEPT, 365d",
        "DARKROOM_RUNPOD_REFRESH_ON, 'DEVICE_LOST,OUT_OF_MEMORY'",
        "DARKROOM_SOURCES_LARGEST_FILE, 1048576",
        "DARKROOM_MODELS, ''",
        "DARKROOM_MEMORY, '  '"
    })
    void whatMakesSenseIsReadAndEmptyIsUnset(String name, String value) {
        assertThat(of(Map.of(name, value)).faults()).isEmpty();
    }

    @Test
    void allFaultsAreSaidAtOnce() {
        assertThat(of(Map.of("DARKROOM_MODEL", "x", "DARKROOM_MEMORY", "20", "DARKROOM_DTYPE", "fp16", "PORT", "x"))
                        .faults())
                .hasSize(4);
    }
}
