package dev.darkroom.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.engine.Families;
import dev.darkroom.engine.GgufFiles;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.job.Limits;
import dev.darkroom.job.Size;
import dev.darkroom.model.PlanChoice;
import dev.darkroom.model.Residency;
import dev.darkroom.tensor.Device;
import dev.darkroom.weights.PlacementPolicy;
import dev.darkroom.weights.Precision;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model's headers from a hub: enough for a plan, and hardly more. */
class ModelHeadersTest {
    private static final String WEIGHTS = "transformer/diffusion_pytorch_model.safetensors";
    private static final String FILE = "gguf/flux1-pocket-Q8_0.gguf";
    private static final long CARD = 1L << 30;

    @TempDir
    Path folder;

    private final List<String> told = new ArrayList<>();
    private final TestHub hub = TestHub.with(TestCheckpoints.POCKET_FLUX);
    private TestHubSettings settings = new TestHubSettings(hub.address(), Path.of(""));

    ModelHeadersTest() throws IOException {}

    @AfterEach
    void close() {
        hub.close();
    }

    private ModelHeaders headers() {
        settings = new TestHubSettings(hub.address(), folder.resolve("hub"));
        return new ModelHeaders(settings, told::add);
    }

    private LocatedModel locate(ModelHeaders headers, String source) throws InterruptedException {
        return headers.locate(ModelSource.parse(source, folder));
    }

    /** All that a plan says, by rooms of several sizes. */
    private static List<String> plans(Path checkpoint) {
        var policy = new PlacementPolicy(Device.CUDA, Optional.empty(), OptionalLong.empty(), Precision.PLAIN);
        List<String> plans = new ArrayList<>();
        try (var loras = Families.loras(1 << 20);
                var model = Families.open("m", checkpoint, Limits.STANDARD, loras)) {
            var demand = model.demand(new Size(256, 256));
            for (long card = CARD; card > CARD / 8; card = card * 3 / 4) {
                var plan = Residency.forecast(policy, PlanChoice.AUTO, model, demand, card, Long.MAX_VALUE / 2);
                plans.add(plan + " "
                        + plan.shares().stream()
                                .map(share -> share.bytes().toString())
                                .toList());
            }
        }
        return plans;
    }

    @Test
    void aPlanIsThatOfTheWholeFilesAndTakesAHundredthOfThem() throws IOException, InterruptedException {
        long small;
        try (Stream<Path> files = Files.walk(TestCheckpoints.POCKET_FLUX)) {
            small = files.filter(file -> file.toString().matches(".*\\.(json|txt|model)"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
        Path made;
        try (ModelHeaders headers = headers()) {
            LocatedModel model = locate(headers, TestHub.NAME);
            made = model.folder();

            assertThat(told).containsExactly(TestHub.NAME + "@main: asking 127.0.0.1 for the headers of its weights");
            assertThat(model.revision()).contains(TestHub.COMMIT);
            assertThat(plans(made)).isEqualTo(plans(TestCheckpoints.POCKET_FLUX));
            assertThat(Files.size(made.resolve(WEIGHTS))).isEqualTo(hub.content(WEIGHTS).length);
            assertThat(headers.read()).isPositive().isLessThan(small + 4 * 80_000);
            assertThat(headers.whole()).isGreaterThan(5_000_000);
            assertThat(hub.sent.get()).isLessThan(small + 350_000);
            assertThat(hub.asked(".safetensors"))
                    .allMatch(asked -> asked.range().isPresent());
            assertThat(folder.resolve("hub")).as("the cache").doesNotExist();
        }
        assertThat(made).doesNotExist();
        assertThat(made.resolve("../../..").normalize()).doesNotExist();
    }

    @Test
    void whatACacheHoldsIsUsedAsItIs() throws InterruptedException {
        try (ModelHeaders headers = headers()) {
            Path whole = new Models(settings)
                    .locate(ModelSource.parse(TestHub.NAME, folder))
                    .folder();
            hub.asked.clear();

            assertThat(locate(headers, TestHub.NAME).folder()).isEqualTo(whole);
            assertThat(hub.asked).isEmpty();
            assertThat(told).isEmpty();
            assertThat(headers.read()).isZero();
        }
    }

    @Test
    void aFileOfAnotherRepositoryIsReadForItsHeaderToo() throws IOException, InterruptedException {
        Path gguf = GgufFiles.ofFlux(
                TestCheckpoints.copy(TestCheckpoints.POCKET_FLUX, folder.resolve("made"))
                        .resolve("transformer"),
                true);
        hub.add(FILE, Files.readAllBytes(gguf));
        try (ModelHeaders headers = headers()) {
            Path made = locate(headers, TestHub.NAME + "[transformer=" + TestHub.NAME + "/" + FILE + "]")
                    .folder();
            Path whole = locate(headers, TestCheckpoints.POCKET_FLUX + "[transformer=" + gguf + "]")
                    .folder();

            assertThat(plans(made)).isEqualTo(plans(whole));
            assertThat(hub.asked(WEIGHTS)).isEmpty();
            assertThat(hub.asked(FILE))
                    .isNotEmpty()
                    .allMatch(asked -> asked.range().isPresent());
        }
    }

    @Test
    void aServerThatSendsWholeFilesIsTold() throws IOException {
        hub.when(
                asked -> asked.path().contains(".safetensors") && asked.ofCdn(),
                Integer.MAX_VALUE,
                (exchange, body) -> {
                    exchange.getResponseHeaders().remove("Content-Range");
                    exchange.sendResponseHeaders(200, 1L << 34);
                    exchange.getResponseBody().write(body);
                });
        try (ModelHeaders headers = headers()) {
            assertThatThrownBy(() -> locate(headers, TestHub.NAME))
                    .isInstanceOf(HubException.class)
                    .hasMessageContaining(TestHub.NAME + "@main")
                    .hasMessageContaining("sends whole files only");
        }
        assertThat(folder.resolve("hub")).doesNotExist();
    }

    @Test
    void aCutConnectionIsGoneOnWith() throws IOException, InterruptedException {
        hub.when(asked -> asked.path().contains(WEIGHTS) && asked.ofCdn(), 2, hub.cut());
        try (ModelHeaders headers = headers()) {
            assertThat(plans(locate(headers, TestHub.NAME).folder())).isEqualTo(plans(TestCheckpoints.POCKET_FLUX));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, Long.MAX_VALUE, 100_000_001, 5_000_000})
    void aHeaderThatCannotBeIsRefused(long length) {
        byte[] content = Arrays.copyOf(
                ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(length)
                        .array(),
                1_000_000);
        hub.add(WEIGHTS, content);
        assertRefused(TestHub.NAME, "claims a header of " + Long.toUnsignedString(length) + " bytes");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MAX_VALUE, 100_000_001})
    void aGgufFileWithNumbersThatCannotBeIsRefused(long count) {
        hub.add(
                FILE,
                Arrays.copyOf(
                        ByteBuffer.allocate(24)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putInt(0x46554747)
                                .putInt(3)
                                .putLong(1)
                                .putLong(count)
                                .array(),
                        1_000_000));
        assertRefused(
                TestHub.NAME + "[transformer=" + TestHub.NAME + "/" + FILE + "]",
                "claims " + Long.toUnsignedString(count) + " items");
        hub.add(FILE, new byte[1_000_000]);
        assertRefused(TestHub.NAME + "[transformer=" + TestHub.NAME + "/" + FILE + "]", "is no GGUF file");
    }

    private void assertRefused(String source, String message) {
        try (ModelHeaders headers = headers()) {
            assertThatThrownBy(() -> locate(headers, source))
                    .isInstanceOf(HubException.class)
                    .hasMessageContaining(message);
        }
        assertThat(folder.resolve("hub")).doesNotExist();
    }

    @Test
    void withoutANetworkAndWithoutTheRepositoryItEnds() {
        headers().close();
        try (ModelHeaders headers = new ModelHeaders(settings.withoutNetwork(), told::add)) {
            assertThatThrownBy(() -> locate(headers, TestHub.NAME))
                    .isInstanceOf(HubException.class)
                    .hasMessageContaining("HF_HUB_OFFLINE");
            assertThat(hub.asked).isEmpty();
        }
        hub.when(asked -> true, 1, TestHub.status(404, "X-Error-Code", "RepoNotFound"));
        assertRefused(TestHub.NAME, "the hub has no such repository");
    }
}
