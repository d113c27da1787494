package dev.darkroom.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import dev.darkroom.image.PictureMemory;
import dev.darkroom.image.PictureEncoder;
import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Eventually;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobException.Code;
import dev.darkroom.job.MaskPaints;
import dev.darkroom.job.Picture;
import io.vertx.core.Vertx;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Source images are read in the way they were sent, and in no other. */
class SourceImagesTest {
    private static final Picture PICTURE = TestPictures.gradient(96, 64);
    private static final byte[] FILE = PictureEncoder.encode(PICTURE, ImageFormat.PNG, 95);

    private static Vertx vertx;

    @TempDir
    private static Path folder;

    private static SourceImages images;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        images = new SourceImages(
                TestSourceSettings.sources(
                        Map.of("sources.roots", folder.toString(), "sources.allow-private-addresses", "true")),
                OwnResults.NONE,
                new PictureMemory(64 << 20),
                vertx);
    }

    @AfterAll
    static void stop() throws InterruptedException, ExecutionException, TimeoutException {
        images.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(Eventually.NEVER.toSeconds(), TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource
    void everyFormatIsReadFromBase64(ImageFormat format) throws InterruptedException {
        String text = TestPictures.base64(PictureEncoder.encode(PICTURE, format, 95));

        assertThat(TestPictures.meanDifference(PICTURE, load(text))).isLessThan(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data:image/png;base64,",
                "data:;base64,",
                "data:image/jpeg;name=a.jpg;base64,",
                "DATA:image/PNG;BASE64,",
                "data:image/jpg;base64,",
                "data:binary/octet-stream;base64,",
                "data:application/octet-stream;charset=utf-8;base64,",
                "data:text/plain; base64, "
            })
    void aDataUriIsRead(String start) throws InterruptedException {
        assertThat(load(start + TestPictures.base64(FILE)).rgb()).isEqualTo(PICTURE.rgb());
    }

    @Test
    void base64MayBeWrappedAndSpaced() throws InterruptedException {
        String wrapped = "\n " + Base64.getMimeEncoder().encodeToString(FILE) + "\n";

        assertThat(wrapped.strip()).contains("\r\n");
        assertThat(load(wrapped).rgb()).isEqualTo(PICTURE.rgb());
    }

    @Test
    void base64ForUrlsIsRead() throws InterruptedException {
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(FILE);

        assertThat(text).containsAnyOf("-", "_");
        assertThat(load(text).rgb()).isEqualTo(PICTURE.rgb());
        assertThat(load("data:;base64," + text).rgb()).isEqualTo(PICTURE.rgb());
    }

    @Test
    void aDataUriMayBeEscapedAsOtherUris() throws InterruptedException {
        String text = TestPictures.base64(FILE)
                .replace("+", "%2B")
                .replace("/", "%2f")
                .replace("=", "%3D");

        assertThat(load("data:image/png;base64," + text).rgb()).isEqualTo(PICTURE.rgb());
    }

    /** Lines may have been joined by spaces; but a + that became one is no end of a line. */
    @Test
    void spacesAreToldApart() throws InterruptedException {
        String text = TestPictures.base64(FILE);
        String lines = text.replaceAll("(.{76})", "$1 ");

        assertThat(load(lines).rgb()).isEqualTo(PICTURE.rgb());
        assertThat(load(lines.replace(" ", " \n ")).rgb()).isEqualTo(PICTURE.rgb());
        assertThat(text).contains("+");
        assertRefused(text.replace('+', ' '), "mask: its base64 has spaces in it: each was probably a +");
        for (int at = text.indexOf('+'); at >= 0; at = text.indexOf('+', at + 1)) {
            assertRefused(
                    "data:image/png;base64," + text.substring(0, at) + " " + text.substring(at + 1),
                    "mask: its base64 has spaces in it: each was probably a +");
        }
    }

    /** What the decoder of base64 says is for its authors. */
    @Test
    void wrongBase64IsToldInThisProgramsWords() {
        String kinds = "mask: must be base64, a base64 data URI, an http or https URL, or a path: ";

        assertRefused("A", kinds + "this is base64 that was cut off");
        assertRefused("AAA=AAA", kinds + "this is base64 that was cut off, or with = where none belongs");
        assertRefused("no base64 at all!", kinds + "this is none, for base64 has no '!'");
        assertRefused("ÄÖÜ", kinds + "this is none, for base64 has no such letters");
    }

    @Test
    void aMaskIsReadByItsColours() throws InterruptedException {
        var image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(1, 0, 0xFFFFFFFF);
        String text = TestPictures.base64(png(image));

        try (LoadedImages loaded = images.load(List.of(text, text), text, MaskPaints.WHITE)) {
            assertThat(loaded.images()).hasSize(2);
            assertThat(loaded.images().getFirst().level(0, 0, 0)).isEqualTo(255);
            Picture mask = Objects.requireNonNull(loaded.mask());
            assertThat(mask.level(0, 0, 0)).isZero();
            assertThat(mask.level(1, 0, 0)).isEqualTo(255);
        }
    }

    @Test
    void picturesThatCanNeverBeInMemoryAreRefusedAtOnce() {
        String text = TestPictures.base64(FILE);
        try (var small =
                new SourceImages(TestSourceSettings.sources(Map.of("sources.memory", "40K")), OwnResults.NONE, new PictureMemory(40 << 10), vertx)) {
            assertThatExceptionOfType(JobException.class)
                    .isThrownBy(() -> small.load(List.of(text), null, MaskPaints.WHITE))
                    .withMessage("image: takes 1 MB of memory to decode, and pictures may take at most 0"
                            + " (DARKROOM_SOURCES_MEMORY): send fewer pixels");
            assertThatExceptionOfType(JobException.class)
                    .isThrownBy(() -> small.load(List.of(text, text), text, MaskPaints.WHITE))
                    .withMessageStartingWith("images[0] to mask: together take 1 MB of memory");
        }
    }

    /** A job's pictures are in memory until it was drawn; the next job's wait for that, and a job that was withdrawn does not. */
    @Test
    void picturesWaitForMemory() throws InterruptedException {
        String text = TestPictures.base64(FILE); // 18 kB as a picture, another 24 kB while it is decoded
        try (var small =
                new SourceImages(TestSourceSettings.sources(Map.of("sources.memory", "50K")), OwnResults.NONE, new PictureMemory(50 << 10), vertx)) {
            LoadedImages first = small.load(List.of(text), null, MaskPaints.WHITE);
            var second = new AtomicReference<Object>();
            Thread withdrawn = loading(small, text, new AtomicReference<>());
            Thread waiting = loading(small, text, second);

            withdrawn.interrupt();
            withdrawn.join();
            assertThat(second).hasNullValue();
            first.close();
            waiting.join();

            assertThat(first.images()).isEmpty();
            assertThat(second).hasValueSatisfying(size -> assertThat(size).isEqualTo(1));
        }
    }

    private static Thread loading(SourceImages images, String text, AtomicReference<Object> number)
            throws InterruptedException {
        Thread thread = new Thread(() -> {
            try (LoadedImages loaded = images.load(List.of(text), null, MaskPaints.WHITE)) {
                number.set(loaded.images().size());
            } catch (InterruptedException e) {
                number.set(e);
            }
        });
        thread.start();
        Eventually.await("it waits for memory", () -> thread.getState() == Thread.State.WAITING);
        return thread;
    }

    private static byte[] png(BufferedImage image) {
        var bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @Test
    void aPathIsRead() throws IOException, InterruptedException {
        Files.write(folder.resolve("cat.png"), FILE);

        assertThat(load("cat.png").rgb()).isEqualTo(PICTURE.rgb());
        assertThat(load(folder + "/cat.png").rgb()).isEqualTo(PICTURE.rgb());
    }

    @Test
    void aUrlIsFetched() throws IOException, InterruptedException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/cat", exchange -> {
            exchange.sendResponseHeaders(200, FILE.length);
            exchange.getResponseBody().write(FILE);
            exchange.close();
        });
        server.start();
        try {
            String url = "http://localhost:" + server.getAddress().getPort() + "/cat";

            assertThat(load(url).rgb()).isEqualTo(PICTURE.rgb());
        } finally {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc/passwd", "ftp://example.com/a.png", "s3://bucket/a.png", "gs://bucket/a.png"})
    void otherSchemesAreRefusedByName(String text) {
        assertRefused(
                text,
                "mask: must be base64, a base64 data URI, an http or https URL, or a path, not "
                        + text.substring(0, text.indexOf(':') + 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"no base64 at all!", "AAA=AAA", "ÄÖÜ", "A", "iVBOR", "%%%", "localhost/cat"})
    void whatIsNoBase64IsRefused(String text) {
        assertRefused(text, "mask: must be base64, a base64 data URI, ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data:image/png,abc",
                "data:image/png;base64",
                "data:text/plain;charset=utf-8,hello",
                "data:",
                "data:,"
            })
    void aDataUriWithoutBase64IsRefused(String text) {
        assertRefused(text, "mask: a data URI must be base64");
    }

    @Test
    void aDataUriWithWrongBase64IsRefused() {
        assertRefused("data:image/png;base64,%89PNG", "mask: must be base64");
    }

    @Test
    void nothingIsNoPicture() {
        assertRefused("", "mask: must be a PNG, JPEG, WebP, GIF or BMP picture");
        assertRefused("data:image/png;base64,", "mask: must be a PNG, JPEG, WebP, GIF or BMP picture");
    }

    @Test
    void aTextWithoutAPictureIsRefusedAsItsKind() {
        assertRefused("/etc/passwd", "mask: must be a readable file below one of the folders");
        assertRefused("cats", "mask: must be a PNG, JPEG, WebP, GIF or BMP picture");
        assertRefused(
                TestPictures.base64("http://localhost/cat.png".getBytes(StandardCharsets.US_ASCII)),
                "mask: must be a PNG, JPEG, WebP, GIF or BMP picture");
    }

    @Test
    void aFileThatIsTooLargeIsRefused() {
        assertRefused("A".repeat(28 << 20), "mask: must be at most 20971520 bytes");
        assertRefused("A\n".repeat(28 << 20), "mask: must be at most 20971520 bytes");
        assertRefused(" A".repeat(48 << 20), "mask: must be at most 20971520 bytes");
    }

    private static Picture load(String text) throws InterruptedException {
        try (LoadedImages loaded = images.load(List.of(text), null, MaskPaints.WHITE)) {
            return loaded.images().getFirst();
        }
    }

    private static void assertRefused(String text, String message) {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> images.load(List.of(), text, MaskPaints.WHITE))
                .withMessageStartingWith(message)
                .matches(e -> e.code() == Code.BAD_INPUT);
    }
}
