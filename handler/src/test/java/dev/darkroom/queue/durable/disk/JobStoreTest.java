package dev.darkroom.queue.durable.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.job.Eventually;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.durable.Desk;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Jobs on disk: there after a crash, in order, readable by nobody else, and gone when they are forgotten. */
class JobStoreTest {
    private static final Policy POLICY = new Policy(10_000, 60_000, false);

    @TempDir
    Path temporary;

    private Path folder = Path.of("");

    @BeforeEach
    void nameFolder() {
        folder = temporary.resolve("jobs");
    }

    @ParameterizedTest
    @EnumSource
    void whatWasWrittenIsThereAfterACrash(Kept kept) {
        try (JobStore store = JobStore.open(folder)) {
            JobRecord second = job("b", 2);
            store(store, second, "second");
            store(store, job("a", 1), kept.text());
            store.put(job("never-written", 3));

            try (JobStore again = JobStore.open(Desk.asIfKilled(folder, temporary.resolve("copy")))) {
                assertThat(again.jobs()).containsExactly(job("a", 1), second);
                assertThat(again.request("a")).asString().isEqualTo(kept.text());
                assertThat(again.request("b")).asString().isEqualTo("second");
            }
        }
    }

    @Test
    void whatIsSmallLastsWithItsRecordAndNeedsNoFile() throws IOException {
        try (JobStore store = JobStore.open(folder)) {
            JobRecord ended = job("a", 1).ended(Status.COMPLETED, 2_000, 3_000, 5, false, false);
            store(store, job("a", 1), "request");
            store.keepAnswer("a", 0, new byte[] {1, 2}, true);
            store.put(ended);
            store.dropSmallRequest("a");
            store.sync();

            assertThat(files()).containsExactly("jobs.mv");
            try (JobStore again = JobStore.open(Desk.asIfKilled(folder, temporary.resolve("copy")))) {
                assertThat(again.jobs()).containsExactly(ended);
                assertThat(again.hasRequest("a")).isFalse();
                assertThat(again.answer("a", 0)).containsExactly(1, 2);
            }
        }
    }

    @Test
    void manyWhoAskAtTheSameTimeWaitForTheDiskTogetherAndAllLast() throws Exception {
        int many = 40;
        try (var records = new Records(Files.createDirectories(folder).resolve("jobs.mv"))) {
            List<Thread> asking = new ArrayList<>();
            synchronized (records) { // the disk is busy
                for (int i = 0; i < many; i++) {
                    String key = "job-" + i;
                    asking.add(Thread.ofPlatform().start(() -> {
                        records.put(key, "{}");
                        records.sync();
                    }));
                }
                Eventually.await(
                        "all wait",
                        () -> asking.stream()
                                .allMatch(thread -> thread.getState() == Thread.State.WAITING
                                        || thread.getState() == Thread.State.BLOCKED));
            }
            for (Thread thread : asking) {
                thread.join();
            }

            assertThat(records.syncs()).isLessThanOrEqualTo(2);
            Path copy = Desk.asIfKilled(folder, temporary.resolve("copy"));
            try (var again = new Records(copy.resolve("jobs.mv"))) {
                assertThat(again.byKeys()).hasSize(many);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatWasForgottenDoesNotComeBack(Kept kept) throws IOException {
        try (JobStore store = JobStore.open(folder)) {
            JobRecord job = job("a", 1);
            store(store, job, kept.text());
            store.keepAnswer("a", 0, kept.bytes(), true);
            store.remove(job);
        }

        assertThat(files()).containsExactly("jobs.mv");
        try (JobStore again = JobStore.open(folder)) {
            assertThat(again.jobs()).isEmpty();
            assertThat(again.hasRequest("a")).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void filesThatNoJobNeedsAreDeleted(Kept kept) throws IOException {
        try (JobStore store = JobStore.open(folder)) {
            store(store, job("a", 1), Kept.IN_A_FILE.text());
            store(store, job("b", 2), Kept.IN_THE_DATABASE.text());
            store.keepRequest("crashed-before-its-record", kept.bytes());
            store.keepAnswer("sync-job", 0, kept.bytes(), false);
            store.keepAnswer("gone", 0, kept.bytes(), true);
        }
        Files.writeString(folder.resolve("c.request.tmp"), "half");
        Files.writeString(folder.resolve("notes.txt"), "not ours");

        try (JobStore store = JobStore.open(folder)) {
            assertThat(store.hasRequest("crashed-before-its-record")).isFalse();
            assertThatThrownBy(() -> store.answer("gone", 0)).isInstanceOf(UncheckedIOException.class);
            assertThat(store.request("a")).isEqualTo(Kept.IN_A_FILE.bytes());
            assertThat(store.request("b")).isEqualTo(Kept.IN_THE_DATABASE.bytes());
        }

        assertThat(files()).containsExactlyInAnyOrder("a.request", "jobs.mv", "notes.txt");
    }

    @ParameterizedTest
    @EnumSource
    void nobodyElseCanReadThem(Kept kept) throws IOException {
        try (JobStore store = JobStore.open(folder)) {
            store(store, job("a", 1), kept.text());
            store.keepAnswer("a", 0, kept.bytes(), true);

            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                    .isEqualTo("rwx------");
            for (String file : files()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(file))))
                        .as(file)
                        .isEqualTo("rw-------");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSecondProcessIsRefused(Kept kept) {
        try (JobStore store = JobStore.open(folder)) {
            store(store, job("a", 1), kept.text());

            assertThatThrownBy(() -> JobStore.open(folder))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("another worker has the jobs in " + folder + " open");
            assertThat(store.jobs()).hasSize(1);
            assertThat(store.request("a")).asString().isEqualTo(kept.text());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDamagedStoreIsSetAside(Kept kept) throws IOException {
        try (JobStore store = JobStore.open(folder)) {
            store(store, job("a", 1), kept.text());
        }
        byte[] rubbish = "rubbish".repeat(2_000).getBytes(StandardCharsets.UTF_8);
        try (var file = new RandomAccessFile(folder.resolve("jobs.mv").toFile(), "rw")) {
            file.write(rubbish);
        }

        try (JobStore store = JobStore.open(folder)) {
            assertThat(store.jobs()).isEmpty();
            assertThat(store.hasRequest("a")).isFalse();
            store(store, job("b", 1), "works");
        }

        List<String> aside =
                files().stream().filter(name -> name.startsWith("damaged-")).toList();
        assertThat(aside).hasSize(1);
        assertThat(folder.resolve(aside.getFirst()).resolve("jobs.mv"))
                .binaryContent()
                .startsWith(rubbish);
        assertThat(Files.exists(folder.resolve(aside.getFirst()).resolve("a.request")))
                .isEqualTo(kept == Kept.IN_A_FILE);
    }

    @Test
    void aJobThatCannotBeReadIsSetAsideAlone() throws IOException {
        Files.createDirectories(folder);
        try (var records = new Records(folder.resolve("jobs.mv"))) {
            records.put("from-another-time", "{\"id\": \"from-another-time\", \"status\": \"ASLEEP\"}");
            records.put("half", "{\"id\": \"half\"}");
        }
        Files.writeString(folder.resolve("half.request"), "request");
        try (JobStore store = JobStore.open(folder)) {
            store(store, job("whole", 1), "request");
        }

        try (JobStore store = JobStore.open(folder)) {
            assertThat(store.jobs()).containsExactly(job("whole", 1));
        }
        List<String> aside =
                files().stream().filter(name -> name.startsWith("damaged-")).toList();
        assertThat(aside).hasSize(1);
        Path there = folder.resolve(aside.getFirst());
        assertThat(there.resolve("half.record")).hasContent("{\"id\": \"half\"}");
        assertThat(there.resolve("half.request")).hasContent("request");
        assertThat(there.resolve("from-another-time.record")).exists();
    }

    @Test
    void aRecordOfAnEarlierVersionIsRead() throws IOException {
        JobRecord job = job("a", 1).ended(Status.COMPLETED, 2_000, 3_000, 5, true, false);
        String json = JobJson.MAPPER.writeValueAsString(job);
        String earlier = json.replace(",\"unstored\":false", "");
        assertThat(earlier).isNotEqualTo(json);
        Files.createDirectories(folder);
        try (var records = new Records(folder.resolve("jobs.mv"))) {
            records.put("a", earlier);
            records.commit(true);
        }

        try (JobStore store = JobStore.open(folder)) {
            assertThat(store.jobs()).containsExactly(job);
        }
    }

    @Test
    void whatCannotBeOpenedThoughNotDamagedIsLeftAsItIs() throws IOException {
        Files.createDirectories(folder.resolve("jobs.mv"));
        Files.writeString(folder.resolve("a.request"), "request");

        assertThatThrownBy(() -> JobStore.open(folder))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("the jobs in " + folder + " cannot be opened");
        assertThat(files()).containsExactlyInAnyOrder("jobs.mv", "a.request");
    }

    @Test
    void whatCannotBeWrittenLeavesNothingBehind() throws IOException {
        try (JobStore store = JobStore.open(folder)) {
            Files.createDirectories(folder.resolve("a.request/in-the-way"));

            assertThatThrownBy(() -> store.keepRequest("a", new byte[20_000])).isInstanceOf(UncheckedIOException.class);

            assertThat(files()).containsExactlyInAnyOrder("jobs.mv", "a.request");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theFilesOfAForgottenJobGoEvenIfItsRecordCannot(Kept kept) throws IOException {
        try (JobStore store = JobStore.open(folder)) {
            JobRecord job = job("a", 1);
            store(store, job, kept.text());
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> store.remove(job)).isInstanceOf(UncheckedIOException.class);
            assertThat(Thread.interrupted()).isTrue();

            assertThat(files()).containsExactly("jobs.mv");
        }
        try (JobStore store = JobStore.open(folder)) {
            assertThat(store.jobs()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFileThatWasCutShortIsSetAsideOrReadAsItWas(Kept kept) throws IOException {
        try (JobStore store = JobStore.open(folder)) {
            for (int i = 0; i < 50; i++) {
                store(store, job("job-" + i, i), kept.text());
            }
        }
        try (var file = new RandomAccessFile(folder.resolve("jobs.mv").toFile(), "rw")) {
            file.setLength(file.length() / 2);
        }

        try (JobStore store = JobStore.open(folder)) {
            assertThat(store.jobs()).hasSizeLessThanOrEqualTo(50);
            store(store, job("new", 100), "works");
            assertThat(store.jobs()).last().isEqualTo(job("new", 100));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFileThatCouldNotBeWrittenIsMadeWholeLater(Kept kept) {
        try (JobStore store = JobStore.open(folder)) {
            store(store, job("before", 1), kept.text());
            JobRecord gone = job("gone", 2);
            store(store, gone, kept.text());
            store.put(job("meanwhile", 3));
            // an interrupted thread closes the file that it writes to
            Thread.currentThread().interrupt();
            assertThatThrownBy(store::sync).isInstanceOf(UncheckedIOException.class);
            assertThat(Thread.interrupted()).isTrue();

            store.remove(gone);
            store(store, job("after", 4), kept.text());

            try (JobStore again = JobStore.open(Desk.asIfKilled(folder, temporary.resolve("copy")))) {
                assertThat(again.jobs()).extracting(JobRecord::id).containsExactly("before", "meanwhile", "after");
                assertThat(again.request("before")).isEqualTo(kept.bytes());
                assertThat(again.request("after")).isEqualTo(kept.bytes());
                assertThat(again.hasRequest("gone")).isFalse();
            }
        }
    }

    @Test
    void manyJobsDoNotMakeTheFileGrowWithoutEnd() throws IOException {
        try (JobStore store = JobStore.open(folder)) {
            JobRecord stays = job("stays", 0);
            store(store, stays, "request");
            for (int i = 1; i <= 3_000; i++) {
                JobRecord job = job("job-" + i, i);
                store.put(job);
                store.commit();
                store.remove(job);
                if (i % 100 == 0) {
                    store.compact();
                }
            }

            assertThat(Files.size(folder.resolve("jobs.mv"))).isLessThan(16L << 20);
            assertThat(store.jobs()).containsExactly(stays);
        }
        assertThat(Files.size(folder.resolve("jobs.mv"))).isLessThan(16L << 20);
    }

    private static void store(JobStore store, JobRecord job, String request) {
        store.keepRequest(job.id(), request.getBytes(StandardCharsets.UTF_8));
        store.put(job);
        store.sync();
    }

    private static JobRecord job(String id, long sequence) {
        return JobRecord.accepted(id, sequence, 1_000, 7, POLICY, URI.create("https://example.com/hook"));
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> !name.equals("key"))
                    .toList();
        }
    }
}
