package dev.darkroom.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.job.ImageFormat;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/** The same as with the embedded server, with one that people run: MinIO in a container, where an engine is there to run it. */
@Tag("container")
class S3ContainerTest {
    private static final String IMAGE = "minio/minio:RELEASE.2025-09-07T16-13-09Z";
    private static final int PORT = 9000;
    private static final ResultName NAME = new ResultName("job-1", 0);

    private static final S3Connections CONNECTIONS = S3Connections.trusted();
    private static Optional<GenericContainer<?>> server = Optional.empty();
    private static String skipped = "";

    @BeforeAll
    static void start() {
        Logger.getLogger("org.testcontainers").setLevel(Level.OFF); // many lines about what is not installed
        try {
            if (!DockerClientFactory.instance().isDockerAvailable()) {
                skipped = "no Docker or Podman engine answers";
                return;
            }
            server = Optional.of(run());
        } catch (ContainerFetchException e) {
            skipped = "an engine answers, but it cannot fetch " + IMAGE + " or what Testcontainers needs beside it";
            return;
        }
        try (S3AsyncClient client = CONNECTIONS.client(target(S3Server.SECRET), new ExecutionInterceptor() {})) {
            client.createBucket(create -> create.bucket(S3Server.BUCKET)).join();
        }
    }

    /** Each test is counted as skipped, and says why. */
    @BeforeEach
    void skip() {
        if (server.isEmpty()) {
            System.err.println("SKIPPED: S3 in a container was not tested: " + skipped);
            Assumptions.abort("S3 in a container was not tested: " + skipped);
        }
    }

    @AfterAll
    static void stop() {
        CONNECTIONS.close();
        server.ifPresent(GenericContainer::stop);
    }

    @Test
    void smallAndLargeFilesAreReadAtTheirAddresses() throws IOException, InterruptedException {
        for (int length : new int[] {1000, 20 << 20}) {
            byte[] file = new byte[length];
            new Random(1).nextBytes(file);

            URI address = new S3Store(target(S3Server.SECRET), CONNECTIONS).store(NAME, file, ImageFormat.JPEG);

            try (HttpClient http = HttpClient.newHttpClient()) {
                HttpResponse<byte[]> answer =
                        http.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofByteArray());
                assertThat(answer.body()).isEqualTo(file);
                assertThat(answer.headers().firstValue("Content-Type")).contains("image/jpeg");
            }
        }
    }

    @Test
    void theCheckFindsTheWrongSecret() throws IOException {
        assertThat(new S3Store(target(S3Server.SECRET), CONNECTIONS).check()).endsWith("takes files");
        assertThatThrownBy(() -> new S3Store(target("not-the-secret"), CONNECTIONS).check())
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("SignatureDoesNotMatch");
    }

    @SuppressWarnings("resource") // stopped after all tests
    private static GenericContainer<?> run() {
        GenericContainer<?> minio = new GenericContainer<>(IMAGE)
                .withEnv("MINIO_ROOT_USER", S3Server.KEY_ID)
                .withEnv("MINIO_ROOT_PASSWORD", S3Server.SECRET)
                .withCommand("server", "/data")
                .withExposedPorts(PORT)
                .waitingFor(Wait.forHttp("/minio/health/live").forPort(PORT))
                .withStartupTimeout(Duration.ofMinutes(1));
        minio.start();
        return minio;
    }

    private static S3Target target(String secret) {
        GenericContainer<?> minio = server.orElseThrow();
        URI address = URI.create("http://" + minio.getHost() + ":" + minio.getMappedPort(PORT));
        return S3Server.target(address, secret, "", Optional.empty());
    }
}
