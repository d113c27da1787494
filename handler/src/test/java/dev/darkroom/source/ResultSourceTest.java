package dev.darkroom.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.image.PictureMemory;
import dev.darkroom.image.PictureEncoder;
import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Eventually;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.JobException;
import dev.darkroom.job.MaskPaints;
import dev.darkroom.job.Picture;
import dev.darkroom.net.WebAddress;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A job starts from an earlier job's picture by its address, and the worker is sent nowhere else by that. */
class ResultSourceTest {
    private static final Picture PICTURE = TestPictures.gradient(96, 64);
    private static final String NAME = "0123456789abcdef0123456789abcdef.png";
    private static final String GONE = "fedcba9876543210fedcba9876543210.png";

    private static Vertx vertx;
    private static SourceImages images;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void start() throws IOException {
        Files.write(folder.resolve(NAME), PictureEncoder.encode(PICTURE, ImageFormat.PNG, 95));
        Files.writeString(folder.resolve("secret"), "not for callers");
        var results = new OwnResults(
                List.of(
                        WebAddress.of("https://pictures.example.invalid/darkroom"),
                        WebAddress.of("http://localhost:8000"),
                        WebAddress.of("http://[::1]:8000"),
                        WebAddress.of("http://own.invalid"),
                        WebAddress.of("http://my_stack")),
                "file:///data/pictures/",
                name -> Optional.of(folder.resolve(name)).filter(Files::isRegularFile));
        vertx = Vertx.vertx();
        images = new SourceImages(
                TestSourceSettings.sources(Map.of("sources.roots", folder.toString(), "sources.tries", "1")),
                results,
                new PictureMemory(64 << 20),
                vertx);
    }

    @AfterAll
    static void stop() throws Exception {
        images.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(Eventually.NEVER.toSeconds(), TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/results/" + NAME,
                " /results/" + NAME + "\n",
                "http://localhost:8000/results/" + NAME,
                "HTTP://LocalHost:8000/results/" + NAME,
                "http://[::1]:8000/results/" + NAME,
                "http://own.invalid:80/results/" + NAME,
                "http://localhost:8000/results/" + NAME + "#x",
                "http://my_stack/results/" + NAME,
                "https://pictures.example.invalid/darkroom/results/" + NAME,
                "https://pictures.example.invalid:443/darkroom/results/" + NAME,
                "file:///data/pictures/" + NAME
            })
    void anOwnAddressIsRead(String text) throws InterruptedException {
        assertThat(load(text).rgb()).isEqualTo(PICTURE.rgb());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/results/" + GONE,
                "http://localhost:8000/results/" + GONE,
                "https://pictures.example.invalid/darkroom/results/" + GONE
            })
    void oneThatIsGoneIsNamed(String text) {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> images.load(List.of("/results/" + NAME), text, MaskPaints.WHITE))
                .withMessageStartingWith("mask: this worker has no such result");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:8001/results/" + NAME,
                "https://localhost:8000/results/" + NAME,
                "http://127.0.0.1:8000/results/" + NAME,
                "http://user@localhost:8000/results/" + NAME,
                "http://localhost:8000/results/" + NAME + "?x",
                "http://localhost:8000//results/" + NAME,
                "http://localhost:8000/results/../results/" + NAME,
                "http://localhost:8000/results/%2e%2e/results/" + NAME,
                "http://localhost:8000/results/secret",
                "file:///data/pictures/secret",
                "file:///data/pictures/../pictures/" + NAME,
                "file:///data/" + NAME,
                "http://localhost:8000/results/..%2fsecret",
                "http://localhost:8000/health",
                "http://localhost:8000/results/",
                "http://localhost.evil.invalid:8000/results/" + NAME,
                "https://pictures.example.invalid/results/" + NAME,
                "https://pictures.example.invalid/darkroomresults/" + NAME,
                "/results/secret",
                "/results/../secret",
                "/results/./" + NAME
            })
    void anyOtherAddressIsTreatedAsBefore(String text) {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> load(text))
                .satisfies(fault -> assertThat(fault.getMessage())
                        .startsWith("image: ")
                        .doesNotContain("no such result", "not for callers"));
    }

    @Test
    void aFolderThatIsAllowedIsStillReadWhateverItIsCalled() throws IOException, InterruptedException {
        Path results = Files.createDirectories(folder.resolve("results"));
        Files.copy(folder.resolve(NAME), results.resolve("house.png"));

        assertThat(load("results/house.png").rgb()).isEqualTo(PICTURE.rgb());
    }

    private static Picture load(String text) throws InterruptedException {
        try (LoadedImages loaded = images.load(List.of(text), null, MaskPaints.WHITE)) {
            return loaded.images().getFirst();
        }
    }
}
