package dev.darkroom.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.queue.runpod.StandInPlatform;
import dev.darkroom.reach.Metadata;
import dev.darkroom.reach.Recording;
import dev.darkroom.reach.Recording.Access;
import dev.darkroom.store.S3Server;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a whole worker on a JVM looks up by reflection, a native executable is told beforehand: whatever our classes and the libraries that no
 * extension of Quarkus knows ask for, and all classes of ours, whoever asks for them but Quarkus, which tells of those itself.
 */
class RecordedWorkerIT {
    private static final List<String> CALLERS_OF_OURS = List.of(
            "dev.darkroom.", "ai.djl.", "com.sun.jna.", "com.luciad.", "com.twelvemonkeys.", "com.drew.", "org.h2.");
    private static final List<String> OF_QUARKUS =
            List.of("io.quarkus.", "io.smallrye.", "org.jboss.", "io.vertx.", "jakarta.", "jdk.", "org.eclipse.");

    @RegisterExtension
    static final S3Server S3 = new S3Server();

    @TempDir
    Path folder;

    @Test
    void allThatAWorkerLooksUpIsInTheMetadata() throws Exception {
        Path jar = folder.resolve("agent.jar");
        Path recording = folder.resolve("recording");
        Recording.agent(jar);
        try (var platform = StandInPlatform.start(Duration.ofSeconds(30))) {
            Map<String, String> environment = new HashMap<>(platform.environment());
            environment.put("JDK_JAVA_OPTIONS", "-javaagent:" + jar + "=" + recording);
            environment.put("BUCKET_ENDPOINT_URL", S3.address() + "/" + S3Server.BUCKET);
            environment.put("BUCKET_ACCESS_KEY_ID", S3Server.KEY_ID);
            environment.put("BUCKET_SECRET_ACCESS_KEY", S3Server.SECRET);
            try (var worker = WorkerProcess.start(folder.resolve("worker"), environment)) {
                worker.awaitReady();
                platform.offer("drawn", "{\"prompt\": \"a circle\", \"output_format\": \"webp\"}");
                platform.offer("edited", "{\"prompt\": \"make it night\", \"image\": \"images/house.png\"}");
                platform.awaitResults(2);
                post(worker, "/runsync", "{\"input\": {\"prompt\": \"a sun\", \"return\": \"base64\"}}");
                post(worker, "/run", "{\"input\": {\"prompt\": \"a sun\"}}");
                worker.terminate();
                assertThat(worker.awaitEnd(Duration.ofMinutes(1)))
                        .as(worker.log())
                        .isIn(0, 143);
                assertThat(worker.log()).doesNotContain("not recorded: dev/darkroom");
            }
        }

        Metadata metadata = Metadata.ofClassPath();
        List<Access> all = Recording.read(recording).all();
        assertThat(all)
                .hasSizeGreaterThan(100)
                .filteredOn(RecordedWorkerIT::isOurs)
                .hasSizeGreaterThan(20)
                .allSatisfy(access ->
                        assertThat(metadata.has(access)).as(access.toString()).isTrue());
    }

    /** Matches the classes that Quarkus generates at build time, for which it also tells what they look up. */
    private static final Pattern GENERATED =
            Pattern.compile(".*(_Bean|_ClientProxy|_Subclass|_Observer_|_Synthetic|quarkus|CMImpl).*");

    private static boolean isOurs(Access access) {
        if (GENERATED.matcher(access.caller()).matches()) {
            return false;
        }
        return CALLERS_OF_OURS.stream().anyMatch(access.caller()::startsWith)
                || (access.name().startsWith("dev.darkroom.")
                        && OF_QUARKUS.stream().noneMatch(access.caller()::startsWith));
    }

    private static void post(WorkerProcess worker, String path, String body) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + worker.port() + path))
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        }
    }
}
