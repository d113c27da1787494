package dev.darkroom;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The rooms and what each may import, as docs/architecture.md draws them. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            .withImportOption(location -> !location.contains("dev/darkroom/client/"))
            .importPackages("dev.darkroom");

    /** A family sees the rooms below it, and no other family. */
    private static final List<String> FAMILY = List.of(
            "mmdit",
            "sight",
            "diffusion",
            "model",
            "lora",
            "image",
            "text",
            "vae",
            "schedule",
            "nn",
            "weights",
            "ring",
            "checkpoint",
            "tensor",
            "job");

    /** Room → the rooms of ours that it may use. */
    private static final Map<String, List<String>> MAY_USE = Map.ofEntries(
            Map.entry("job", List.of()),
            Map.entry("snapshot", List.of()),
            Map.entry("image", List.of("job")),
            Map.entry("mark", List.of("job")),
            Map.entry("video", List.of("image", "job")),
            Map.entry("kernel", List.of()),
            Map.entry("tensor.host", List.of()),
            Map.entry("tensor", List.of("kernel", "job")),
            Map.entry("checkpoint", List.of("tensor", "job")),
            Map.entry("ring", List.of("tensor", "kernel", "job")),
            Map.entry("weights", List.of("ring", "checkpoint", "tensor", "job")),
            Map.entry("nn", List.of("weights", "ring", "checkpoint", "tensor", "job")),
            Map.entry("schedule", List.of("nn", "weights", "checkpoint", "tensor", "job")),
            Map.entry("vae", List.of("image", "nn", "weights", "checkpoint", "tensor", "job")),
            Map.entry("text", List.of("image", "nn", "weights", "ring", "checkpoint", "tensor", "job")),
            Map.entry("depth", List.of("image", "text", "nn", "weights", "checkpoint", "tensor", "job")),
            Map.entry("lora", List.of("weights", "checkpoint", "tensor", "job")),
            Map.entry("model", List.of("video", "weights", "ring", "checkpoint", "tensor", "job")),
            Map.entry(
                    "diffusion",
                    List.of("model", "lora", "image", "vae", "schedule", "weights", "checkpoint", "tensor", "job")),
            Map.entry("mmdit", List.of("diffusion", "lora", "nn", "weights", "ring", "checkpoint", "tensor")),
            Map.entry(
                    "sight",
                    List.of("diffusion", "model", "image", "text", "vae", "weights", "checkpoint", "tensor", "job")),
            Map.entry("flux", FAMILY),
            Map.entry("flux2", FAMILY),
            Map.entry("longcat", FAMILY),
            Map.entry("qwenimage", FAMILY),
            Map.entry("zimage", FAMILY),
            Map.entry("animation", List.of("video", "depth", "model", "image", "tensor", "job")),
            Map.entry("hub", List.of("snapshot", "job")),
            Map.entry(
                    "engine",
                    List.of(
                            "flux",
                            "flux2",
                            "longcat",
                            "qwenimage",
                            "zimage",
                            "diffusion",
                            "model",
                            "lora",
                            "hub",
                            "image",
                            "weights",
                            "checkpoint",
                            "tensor",
                            "snapshot",
                            "job")),
            Map.entry("queue", List.of("net", "snapshot", "job")),
            Map.entry("settings", List.of("queue")),
            Map.entry("credentials", List.of("image", "snapshot", "job")),
            Map.entry("provenance", List.of("credentials", "queue", "animation", "video", "mark", "image", "job")),
            Map.entry("source", List.of("credentials", "net", "image", "video", "snapshot", "job")),
            Map.entry("store", List.of("net", "video", "image", "snapshot", "job")),
            Map.entry("net", List.of()),
            Map.entry("checks", List.of("weights", "checkpoint", "tensor", "job")),
            Map.entry("memory", List.of("model")),
            Map.entry("page", List.of()),
            Map.entry("logs", List.of("queue", "snapshot", "job")),
            Map.entry("status", List.of("logs", "checks", "queue", "hub", "job")));

    private static final String[] MODEL_ROOMS = {
        "dev.darkroom.animation..",
        "dev.darkroom.diffusion..",
        "dev.darkroom.flux..",
        "dev.darkroom.flux2..",
        "dev.darkroom.longcat..",
        "dev.darkroom.mmdit..",
        "dev.darkroom.sight..",
        "dev.darkroom.qwenimage..",
        "dev.darkroom.zimage..",
        "dev.darkroom.depth..",
        "dev.darkroom.lora..",
        "dev.darkroom.model..",
        "dev.darkroom.image..",
        "dev.darkroom.video..",
        "dev.darkroom.vae..",
        "dev.darkroom.schedule..",
        "dev.darkroom.nn..",
        "dev.darkroom.tensor..",
        "dev.darkroom.kernel.."
    };

    @TestFactory
    Stream<DynamicTest> importsRunDownwards() {
        return MAY_USE.entrySet().stream()
                .map(room -> DynamicTest.dynamicTest(room.getKey(), () -> {
                    List<String> allowed = Stream.concat(Stream.of(room.getKey()), room.getValue().stream())
                            .map(name -> "dev.darkroom." + name + "..")
                            .toList();
                    classes()
                            .that()
                            .resideInAPackage("dev.darkroom." + room.getKey() + "..")
                            .should()
                            .onlyDependOnClassesThat(are(resideInAPackage("dev.darkroom.."))
                                    .negate()
                                    .or(resideInAnyOf(allowed)))
                            .check(CLASSES);
                }));
    }

    /** Room below {@code queue} → the rooms beside it that it may use; all may use {@code queue} itself, and that none of them. */
    private static final Map<String, List<String>> QUEUE_MAY_USE = Map.of(
            "http", List.of("durable"),
            "openai", List.of("http", "durable"),
            "mcp", List.of("http", "durable"),
            "sdapi", List.of("http", "durable"),
            "durable", List.of("webhook"),
            "webhook", List.of(),
            "runpod", List.of());

    @TestFactory
    Stream<DynamicTest> theQueuesRoomsDoSoToo() {
        return Stream.concat(
                QUEUE_MAY_USE.entrySet().stream()
                        .map(room -> DynamicTest.dynamicTest(
                                room.getKey(),
                                () -> usesOnly(
                                        "dev.darkroom.queue." + room.getKey() + "..", room.getKey(), room.getValue()))),
                Stream.of(DynamicTest.dynamicTest("queue", () -> usesOnly("dev.darkroom.queue", "", List.of()))));
    }

    private static void usesOnly(String from, String room, List<String> allowed) {
        String[] others = QUEUE_MAY_USE.keySet().stream()
                .filter(other -> !other.equals(room) && !allowed.contains(other))
                .map(other -> "dev.darkroom.queue." + other + "..")
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(from)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .check(CLASSES);
    }

    @Test
    void jobsOnDiskKnowNothingOfTheirLife() {
        noClasses()
                .that()
                .resideInAPackage("dev.darkroom.queue.durable.disk")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.darkroom.queue.durable", "dev.darkroom.queue.http..", "dev.darkroom.queue.webhook..")
                .check(CLASSES);
    }

    /** What is computed from a state in memory is the same in all copies of a snapshot. */
    @Test
    void randomNumbersComeFromWhereTheyAreRenewed() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.darkroom.snapshot..")
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(ThreadLocalRandom.class, SplittableRandom.class, SecureRandom.class, Random.class)
                .orShould()
                .callMethod(UUID.class, "randomUUID")
                .orShould()
                .callMethod(RandomGenerator.class, "getDefault")
                .orShould()
                .callMethod(RandomGenerator.class, "of", String.class)
                .orShould()
                .callMethod(Math.class, "random")
                .check(CLASSES);
    }

    @Test
    void roomsHaveNoCycles() {
        slices().matching("dev.darkroom.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void djlStaysInItsRooms() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.darkroom.tensor..", "dev.darkroom.text..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.djl..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("dev.darkroom.text..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.djl.pytorch..", "ai.djl.ndarray..", "ai.djl.engine..")
                .check(CLASSES);
    }

    @Test
    void opticalFlowStaysInItsRoom() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.darkroom.animation.flow..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("boofcv..", "georegression..", "org.ddogleg..", "org.ejml..")
                .check(CLASSES);
    }

    @Test
    void amazonsSdkStaysWithTheResults() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.darkroom.store..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("software.amazon..")
                .check(CLASSES);
    }

    @Test
    void openTelemetryStaysWhereItIsLoadedOnlyIfAskedFor() {
        noClasses()
                .that()
                .haveNameNotMatching("dev\\.darkroom\\.logs\\.trace\\.(TraceExport|OtlpSenders?)(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.opentelemetry..")
                .check(CLASSES);
    }

    @Test
    void cryptographyStaysWithTheCredentials() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.darkroom.credentials..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.bouncycastle..", "com.fasterxml.jackson.dataformat..")
                .check(CLASSES);
    }

    @Test
    void vertxStaysWhereConnectionsAre() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "dev.darkroom", "dev.darkroom.source..", "dev.darkroom.queue..", "dev.darkroom.provenance..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.vertx..")
                .check(CLASSES);
    }

    @Test
    void javasPicturesStayWithTheCodecs() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.darkroom.image..")
                .and()
                .doNotHaveFullyQualifiedName("dev.darkroom.job.Picture")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.awt..", "javax.imageio..")
                .check(CLASSES);
    }

    @Test
    void theEngineKnowsNoFramework() {
        noClasses()
                .that()
                .resideInAnyPackage(MODEL_ROOMS)
                .or()
                .resideInAnyPackage(
                        "dev.darkroom.engine..",
                        "dev.darkroom.hub..",
                        "dev.darkroom.job..",
                        "dev.darkroom.snapshot..",
                        "dev.darkroom.text..",
                        "dev.darkroom.weights..",
                        "dev.darkroom.checkpoint..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.quarkus..", "jakarta..", "io.smallrye..", "org.eclipse..")
                .check(CLASSES);
    }

    /** But for what a LoRA file's writer says of it. */
    @Test
    void modelRoomsKnowNoJson() {
        noClasses()
                .that()
                .resideInAnyPackage(MODEL_ROOMS)
                .and()
                .haveNameNotMatching("dev\\.darkroom\\.lora\\.Adapter(Config|Metadata)(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.fasterxml..")
                .check(CLASSES);
    }

    @Test
    void handlerIsOnePageWithoutFrameworkOrNativeMemory() throws IOException {
        assertThat(Files.readAllLines(Path.of("src/main/java/dev/darkroom/Handler.java")))
                .hasSizeLessThanOrEqualTo(150);
        noClasses()
                .that()
                .haveFullyQualifiedName("dev.darkroom.Handler")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.quarkus..", "jakarta..", "ai.djl..", "dev.darkroom.tensor..")
                .check(CLASSES);
    }

    /** Other people's services have it on their class path. */
    @Test
    void theClientStandsAlone() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.darkroom.client", "java..", "javax.crypto..", "com.fasterxml.jackson..", "org.jspecify..")
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("dev.darkroom.client"));
    }

    @Test
    void namesSayWhatAClassIsFor() {
        noClasses()
                .should()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Impl")
                .check(CLASSES);
    }

    private static com.tngtech.archunit.base.DescribedPredicate<com.tngtech.archunit.core.domain.JavaClass>
            resideInAnyOf(List<String> packages) {
        return com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage(
                packages.toArray(String[]::new));
    }
}
