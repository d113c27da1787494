package dev.darkroom.queue.durable.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.job.JobException;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.Ticket;
import dev.darkroom.queue.durable.Desk;
import dev.darkroom.queue.durable.DurableJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** No secret that a job brings along is to be found on the disk, at any time. */
class AtRestTest {
    private static final String SECRET = "hush-hush-bucket";
    private static final String TOKEN = "hush-hush-hook";
    private static final String BESIDE = "'webhook': 'http://hooks.example:9/" + TOKEN
            + "', 's3Config': {'accessId': 'id', 'accessSecret': '" + SECRET
            + "', 'bucketName': 'b-1', 'endpointUrl': 'https://s3.eu-west-2.amazonaws.com'}";
    private static final Policy POLICY = new Policy(10_000, 60_000, false);

    @TempDir
    Path temporary;

    private Path folder = Path.of("");

    @BeforeEach
    void name() {
        folder = temporary.resolve("jobs");
    }

    @ParameterizedTest
    @EnumSource
    void noSecretIsOnTheDiskAtAnyTimeOfAJob(Kept kept) throws InterruptedException {
        try (Desk desk = Desk.open(folder, "webhook.pause=1ms", "webhook.timeout=2s")) {
            DurableJob job = desk.submit(kept.text(), BESIDE, false);
            assertNoSecret();
            Ticket taken = desk.take();
            taken.started();
            assertNoSecret();
            taken.completed(Desk.result());
            Desk.until(() -> !Desk.webhookDue(job));
            assertNoSecret();
            DurableJob failed = desk.submit("b" + kept.text(), BESIDE, false);
            desk.take().failed(Desk.broken());
            Desk.until(() -> !Desk.webhookDue(failed));
            assertNoSecret();
        }
        assertNoSecret();
        try (Desk desk = Desk.open(folder)) {
            assertThat(desk.queue.health().jobs().inQueue()).isZero();
        }
        assertNoSecret();
    }

    @Test
    void theKeyIsForTheWorkersUserAlone() throws IOException {
        JobStore.open(folder).close();

        assertThat(Files.getPosixFilePermissions(folder.resolve("key")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void whatAnEarlierVersionWroteIsReadAndEncrypted() throws IOException {
        Files.createDirectories(folder);
        JobRecord job = job("a");
        try (var records = new Records(folder.resolve("jobs.mv"))) {
            for (int i = 0; i < 100; i++) {
                records.put("old-" + i, JobJson.MAPPER.writeValueAsString(job("old-" + i)));
            }
            records.commit(true);
            for (int i = 0; i < 100; i++) {
                records.remove("old-" + i);
            }
            records.put("a", JobJson.MAPPER.writeValueAsString(job));
            records.commit(true);
        }
        Files.writeString(folder.resolve("a.request"), SECRET);
        assertThat(files()).anyMatch(file -> holds(file, TOKEN)).anyMatch(file -> holds(file, SECRET));

        try (JobStore store = JobStore.open(folder)) {
            assertThat(store.jobs()).containsExactly(job);
            assertThat(store.request("a")).asString().isEqualTo(SECRET);
            assertNoSecret();
        }

        assertNoSecret();
        try (JobStore store = JobStore.open(folder)) {
            assertThat(store.jobs()).containsExactly(job);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDamagedRequestStopsNoOtherJob(Kept kept) throws IOException {
        try (JobStore store = JobStore.open(folder)) {
            for (String id : List.of("a", "b")) {
                store.keepRequest(id, kept.bytes());
                store.put(job(id));
            }
            store.sync();
        }
        kept.damage(folder, "a");

        try (JobStore store = JobStore.open(folder)) {
            assertThat(store.jobs()).containsExactlyInAnyOrder(job("a"), job("b"));
            assertThat(store.request("b")).isEqualTo(kept.bytes());
            assertThatThrownBy(() -> store.request("a")).isInstanceOf(JobException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aKeyThatOpensNothingEndsTheStartAndCostsNoJob(Kept kept) throws IOException {
        try (JobStore store = JobStore.open(folder)) {
            store.keepRequest("a", kept.bytes());
            store.put(job("a"));
            store.sync();
        }
        byte[] key = Files.readAllBytes(folder.resolve("key"));
        Files.delete(folder.resolve("key"));

        for (int i = 0; i < 2; i++) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> JobStore.open(folder))
                    .withMessageContaining("none of the 1 jobs in " + folder)
                    .withMessageContaining("DARKROOM_DATA_KEY");
        }
        Files.write(folder.resolve("key"), key);
        try (JobStore store = JobStore.open(folder)) {
            assertThat(store.jobs()).containsExactly(job("a"));
            assertThat(store.request("a")).isEqualTo(kept.bytes());
        }
    }

    @Test
    void aMistypedKeyLosesNothing() throws IOException {
        try (JobStore store = JobStore.open(folder, Optional.of("right"))) {
            store.put(job("a"));
            store.sync();
        }

        assertThatIllegalStateException().isThrownBy(() -> JobStore.open(folder, Optional.of("wrong")));
        try (JobStore store = JobStore.open(folder, Optional.of("right"))) {
            assertThat(store.jobs()).containsExactly(job("a"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRequestOfAnotherKeyIsRefusedClearly(Kept kept) throws IOException {
        try (JobStore store = JobStore.open(folder, Optional.of("one"))) {
            store.keepRequest("a", kept.bytes());
            store.put(job("a"));
            store.sync();
        }
        kept.damage(folder, "a");

        try (JobStore store = JobStore.open(folder, Optional.of("one"))) {
            assertThatThrownBy(() -> store.request("a"))
                    .isInstanceOf(JobException.class)
                    .hasMessageStartingWith("the job's input cannot be read: it was encrypted by another key");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aKeyOfTheSettingsTakesThePlaceOfTheOneInTheFolder(Kept kept) throws IOException {
        try (JobStore store = JobStore.open(folder)) {
            store.keepRequest("a", kept.bytes());
            store.put(job("a"));
            store.sync();
        }
        try (JobStore store = JobStore.open(folder, Optional.of("a long secret\n"))) {
            assertThat(store.jobs()).containsExactly(job("a"));
        }
        Files.delete(folder.resolve("key"));

        try (JobStore store = JobStore.open(folder, Optional.of("a long secret"))) {
            assertThat(store.jobs()).containsExactly(job("a"));
            assertThat(store.request("a")).isEqualTo(kept.bytes());
        }
        assertThat(folder.resolve("key")).doesNotExist();
    }

    private static JobRecord job(String id) {
        return JobRecord.accepted(id, 1, 1_000, 7, POLICY, URI.create("https://example.com/" + TOKEN));
    }

    private void assertNoSecret() {
        assertThat(files()).isNotEmpty().noneMatch(file -> holds(file, SECRET)).noneMatch(file -> holds(file, TOKEN));
    }

    private static boolean holds(Path file, String text) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
        } catch (java.nio.file.NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Path> files() {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
