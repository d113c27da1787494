package example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.image.manifest.XmpPacket;
import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.engine.Darkroom;
import dev.darkroom.engine.DrawOptions;
import dev.darkroom.engine.Drawing;
import dev.darkroom.hub.HubEnvironment;
import dev.darkroom.hub.HubException;
import dev.darkroom.job.Framing;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.tensor.Scope;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine as another program uses it: from a package of its own, by what is public. */
class DarkroomTest {
    private static final Path HOME = Path.of(System.getProperty("darkroom.home"));
    private static final Path DRAWS = HOME.resolve("test-payloads/models/pocket-flux");
    private static final Path EDITS = HOME.resolve("test-payloads/models/pocket-qwen-edit");

    @TempDir
    Path folder;

    @Test
    void aPictureIsDrawnAndSaved() throws InterruptedException, IOException {
        try (Darkroom darkroom = Darkroom.open(DRAWS)) {
            Drawing drawing = darkroom.generate(
                    "a red circle on a white background", DrawOptions.seed(7).withSize(96, 64));
            drawing.save(folder.resolve("circle.png"));
            assertThat(XmpPacket.sourceType(Files.readAllBytes(folder.resolve("circle.png"))))
                    .contains("trainedAlgorithmicMedia");

            assertThat(ImageIO.read(folder.resolve("circle.png").toFile()).getWidth())
                    .isEqualTo(96);
            assertThat(drawing.picture().level(48, 32, 0))
                    .isGreaterThan(drawing.picture().level(48, 32, 1) + 100);
            assertThat(drawing.parameters()).containsEntry("num_inference_steps", 4);
            assertThat(darkroom.generate(
                                    "a red circle on a white background",
                                    DrawOptions.seed(7).withSize(96, 64))
                            .picture()
                            .rgb())
                    .isEqualTo(drawing.picture().rgb());
            assertThat(darkroom.generate("a car").seed()).isNotNegative();
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> drawing.save(folder.resolve("circle.tiff")))
                    .withMessageContaining("circle.tiff");
        }
    }

    @Test
    void aPictureIsEditedInItsOwnFrame() throws InterruptedException, IOException {
        Picture circle = Picture.of(
                ImageIO.read(HOME.resolve("test-payloads/images/red-circle.png").toFile()));
        try (Darkroom darkroom = Darkroom.open(EDITS)) {
            Drawing blue = darkroom.edit(
                    List.of(circle), "make the circle blue", DrawOptions.seed(1).with(new Framing.LikeImage(null)));

            assertThat(blue.picture().size()).isEqualTo(circle.size());
            int middle = circle.width() / 2;
            assertThat(blue.picture().level(middle, middle, 2))
                    .isGreaterThan(blue.picture().level(middle, middle, 0) + 50);
            assertThatExceptionOfType(JobException.class)
                    .isThrownBy(() -> darkroom.generate("a circle"))
                    .withMessageStartingWith("image: is missing");
        }
    }

    @Test
    void aLoraGoesOnTop() throws InterruptedException {
        try (Darkroom darkroom = Darkroom.open(DRAWS)) {
            DrawOptions plain = DrawOptions.seed(3);
            DrawOptions blue = plain.withLora(HOME.resolve("test-payloads/loras/red-is-blue.safetensors"), 1);

            assertThat(darkroom.generate("a red car on a road", blue).picture().rgb())
                    .isNotEqualTo(darkroom.generate("a red car on a road", plain)
                            .picture()
                            .rgb());
        }
    }

    @Test
    void stepsAreToldAndAnExceptionOfTheListenerEndsTheDrawing() throws InterruptedException {
        List<String> steps = new ArrayList<>();
        try (Darkroom darkroom = Darkroom.open(DRAWS)) {
            darkroom.generate(
                    "a car", DrawOptions.seed(1).withSteps(2).withProgress((step, of) -> steps.add(step + "/" + of)));
            assertThat(steps).containsExactly("0/2", "1/2", "2/2");

            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() ->
                            darkroom.generate("a car", DrawOptions.seed(1).withProgress((step, of) -> {
                                if (step == 1) {
                                    throw new IllegalStateException("enough");
                                }
                            })))
                    .withMessage("enough");
            assertThat(darkroom.generate("a car", DrawOptions.seed(1)).picture().size())
                    .isEqualTo(new Size(128, 128));
        }
    }

    @Test
    void interruptingTheCallerEndsTheDrawing() throws InterruptedException {
        var begun = new CountDownLatch(1);
        var seen = new AtomicReference<Throwable>();
        try (Darkroom darkroom = Darkroom.open(DRAWS)) {
            List<Integer> steps = new ArrayList<>();
            Thread caller = Thread.ofVirtual().start(() -> {
                try {
                    darkroom.generate(
                            "a car", DrawOptions.seed(1).withSteps(200).withProgress((step, of) -> {
                                steps.add(step);
                                begun.countDown();
                            }));
                } catch (InterruptedException e) {
                    seen.set(e);
                }
            });
            begun.await();
            caller.interrupt();
            caller.join();

            assertThat(seen.get()).isInstanceOf(InterruptedException.class);
            darkroom.generate("a car", DrawOptions.seed(1)); // waits for the drawing before it
            assertThat(steps).hasSizeLessThan(200);
        }
    }

    @Test
    void anOpeningThatIsInterruptedLeavesNoTensor() throws InterruptedException {
        long before = Scope.liveTensors();
        var seen = new AtomicReference<Throwable>();
        Thread caller = Thread.ofVirtual().start(() -> {
            Thread.currentThread().interrupt();
            try (Darkroom darkroom = Darkroom.open(DRAWS)) {
                darkroom.generate("a car");
            } catch (InterruptedException e) {
                seen.set(e);
            }
        });
        caller.join();

        assertThat(seen.get()).isInstanceOf(InterruptedException.class);
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    @Test
    void whatIsNotThereIsRefusedByName() {
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> Darkroom.open(folder))
                .withMessageContaining("model_index.json");
        var offline = new HubEnvironment(
                URI.create("https://hub.test"), Optional.empty(), true, Optional.of(folder), Optional.empty());
        assertThatExceptionOfType(HubException.class)
                .isThrownBy(() -> Darkroom.open("org/nothing", offline))
                .withMessageContaining("org/nothing");
    }

    @Test
    void aRepositoryIsTakenFromTheCache() throws InterruptedException, IOException {
        String commit = "0123456789abcdef0123456789abcdef01234567";
        Path repository = folder.resolve("models--org--pocket");
        Path snapshot = Files.createDirectories(repository.resolve("snapshots").resolve(commit));
        Files.createDirectories(repository.resolve("refs"));
        Files.writeString(repository.resolve("refs/main"), commit);
        try (var files = Files.walk(DRAWS)) {
            for (Path file : files.toList()) {
                Path copy = snapshot.resolve(DRAWS.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy);
                }
            }
        }
        var cached = new HubEnvironment(
                URI.create("https://hub.test"), Optional.empty(), true, Optional.of(folder), Optional.empty());

        try (Darkroom darkroom = Darkroom.open("org/pocket", cached)) {
            assertThat(darkroom.generate("a car").picture().size()).isEqualTo(new Size(128, 128));
        }
    }

    /** The example in the javadoc is compiled and run as it stands there. */
    @Test
    void theExampleOfTheJavadocRuns() throws Exception {
        String source = Files.readString(HOME.resolve("engine/src/main/java/dev/darkroom/engine/Darkroom.java"));
        Matcher snippet = Pattern.compile("\\{@snippet lang=java :\\R(.*?)\\R \\* \\}\\R \\*\\R", Pattern.DOTALL)
                .matcher(source);
        assertThat(snippet.find()).isTrue();
        String code = snippet.group(1)
                .replaceAll("(?m)^ \\* ?", "")
                .replace("Path.of(\"test-payloads", "Path.of(\"" + HOME + "/test-payloads")
                .replace("Path.of(\"sunset.png\")", "Path.of(\"" + folder.resolve("sunset.png") + "\")");
        Path file = folder.resolve("Example.java");
        Files.writeString(file, """
                import dev.darkroom.engine.*;
                import java.nio.file.Path;
                public class Example {
                    public static void main(String... arguments) throws Exception {
                %s
                    }
                }
                """.formatted(code));
        String classPath = System.getProperty("java.class.path")
                + File.pathSeparator
                + Path.of(Darkroom.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI());
        int status = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-cp", classPath, "-d", folder.toString(), file.toString());
        assertThat(status).isZero();

        try (var loader = new URLClassLoader(
                new java.net.URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            loader.loadClass("Example").getMethod("main", String[].class).invoke(null, (Object) new String[0]);
        }
        assertThat(ImageIO.read(folder.resolve("sunset.png").toFile()).getWidth())
                .isEqualTo(128);
    }
}
