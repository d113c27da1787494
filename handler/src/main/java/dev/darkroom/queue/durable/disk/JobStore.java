package dev.darkroom.queue.durable.disk;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Reason;
import dev.darkroom.queue.JobJson;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStoreException;
import org.jboss.logging.Logger;

/**
 * The store of persisted jobs, in a folder: a record each in an embedded database, with its request and its answer if they are small, so
 * that one write of the disk makes a job last; large ones are files beside it. Records and requests are encrypted. One process at a time can have it open. Safe for several threads.
 */
public final class JobStore implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(JobStore.class);
    private static final String FILE = "jobs.mv";

    /** Bytes of the longest requests and answers that are kept in the database, and so in memory too. */
    private static final int SMALL = 16_384;

    private static final String REQUEST = ".request";
    private static final String ANSWER = ".answer";
    private static final String RECORD = ".record";
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]{1,100}");
    private static final DateTimeFormatter ASIDE =
            DateTimeFormatter.ofPattern("'damaged-'yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);

    private final JobFiles files;
    private final Records records;
    private final DataKeys keys;
    private final AtomicBoolean commitIsDue = new AtomicBoolean();

    private JobStore(JobFiles files, Records records, DataKeys keys) {
        this.files = files;
        this.records = records;
        this.keys = keys;
    }

    /** Opens the store, or creates it, with a key that lies in its folder. */
    public static JobStore open(Path folder) {
        return open(folder, Optional.empty());
    }

    /**
     * Opens the store, or creates it. Damage is set aside in the same folder: the whole store, in place of which a new one is created, or a
     * single job.
     *
     * @param key what records and requests are encrypted by; empty takes a key that lies in the folder
     * @throws IllegalStateException if another process has it open, or the key opens none of its jobs
     * @throws UncheckedIOException if it cannot be used although nothing shows that it is damaged
     */
    public static JobStore open(Path folder, Optional<String> key) {
        try {
            var files = new JobFiles(folder);
            try {
                return opened(files, key);
            } catch (MVStoreException e) {
                if (e.getErrorCode() == DataUtils.ERROR_FILE_LOCKED) {
                    throw new IllegalStateException(
                            "another worker has the jobs in " + folder + " open: give each its own data folder", e);
                }
                if (!isDamage(e)) {
                    throw new IOException("the jobs in " + folder + " cannot be opened: " + Reason.of(e), e);
                }
                String aside = ASIDE.format(Instant.now());
                LOG.errorf(
                        "the jobs in %s cannot be read; they are set aside in %s there, and none of them is done or answered: %s",
                        folder, aside, Reason.of(e));
                files.setAside(aside);
                return opened(files, key);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the folder for jobs cannot be used: " + Reason.of(e), e);
        }
    }

    private static JobStore opened(JobFiles files, Optional<String> key) throws IOException {
        Path file = files.create(FILE);
        var records = new Records(file);
        try {
            var jobs = new JobStore(files, records, DataKeys.of(files, key));
            jobs.checkKey();
            jobs.setAsideUnreadable();
            jobs.sweep();
            jobs.encryptOldOnes();
            return jobs;
        } catch (IOException | RuntimeException e) {
            records.close();
            throw e;
        }
    }

    /**
     * Tells damage from faults that may pass, such as a missing permission or a failing disk: for those the content must not be given up.
     */
    private static boolean isDamage(MVStoreException e) {
        return switch (e.getErrorCode()) {
            case DataUtils.ERROR_FILE_CORRUPT,
                    DataUtils.ERROR_CHUNK_NOT_FOUND,
                    DataUtils.ERROR_SERIALIZATION,
                    DataUtils.ERROR_INTERNAL -> true;
            case DataUtils.ERROR_READING_FAILED -> e.getCause() instanceof EOFException;
            default -> false;
        };
    }

    /** Refuses a key that opens nothing: it is a wrong one, and what was accepted must not be given up for that. */
    private void checkKey() {
        Collection<String> all = jobTexts().values();
        if (!all.isEmpty() && all.stream().noneMatch(keys::opens)) {
            throw new IllegalStateException("none of the " + all.size() + " jobs in " + files.folder()
                    + " can be read with this key: give the worker the DARKROOM_DATA_KEY, or the file " + DataKeys.FILE
                    + " there, that they were written with; or remove " + FILE + " there to give them up");
        }
    }

    private void setAsideUnreadable() throws IOException {
        String aside = ASIDE.format(Instant.now());
        for (Map.Entry<String, String> entry : jobTexts().entrySet()) {
            try {
                read(entry.getValue());
            } catch (UncheckedIOException e) {
                String id = ID.matcher(entry.getKey()).matches() ? entry.getKey() : "unnamed";
                LOG.errorf(
                        "job %s cannot be read; it is set aside in %s, and neither done nor answered: %s",
                        id, aside, e.getCause());
                files.write(id + RECORD, entry.getValue().getBytes(StandardCharsets.UTF_8), true);
                String request = records.text(entry.getKey() + REQUEST);
                if (request != null) {
                    files.write(id + REQUEST, request.getBytes(StandardCharsets.UTF_8), true);
                }
                files.setAside(aside, List.of(id + RECORD, id + REQUEST));
                records.remove(entry.getKey());
            }
        }
        commit();
    }

    /** Encrypts what an earlier version, or another key, has left; nothing of it stays in the unused parts of the database. */
    private void encryptOldOnes() throws IOException {
        boolean old = false;
        for (Map.Entry<String, String> entry : records.byKeys().entrySet()) {
            if (!keys.isCurrent(entry.getValue())) {
                old |= encryptOld(entry.getKey(), entry.getValue());
            }
            encryptOldRequest(entry.getKey() + REQUEST);
        }
        if (old) {
            LOG.info("jobs of an earlier version, or of another key, are encrypted now");
            records.rewrite();
        }
    }

    /** Leaves what cannot be read as it is: a request, or an answer, for of records only those are here that can. */
    private boolean encryptOld(String key, String text) {
        try {
            records.put(key, keys.sealedText(keys.openedText(text)));
            return true;
        } catch (IOException e) {
            LOG.errorf("%s cannot be read: %s", key, Reason.of(e));
            return false;
        }
    }

    /** Leaves a request that cannot be read as it is: its job fails when a worker takes it, and no other job is touched. */
    private void encryptOldRequest(String request) {
        try {
            if (files.has(request)) {
                byte[] content = files.read(request);
                if (!keys.isCurrent(content)) {
                    files.write(request, keys.sealed(keys.opened(content)), true);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.errorf("%s cannot be read: %s", request, Reason.of(e));
        }
    }

    /** Returns all jobs, in the order of their acceptance. */
    public List<JobRecord> jobs() {
        return jobTexts().values().stream()
                .map(this::read)
                .sorted(Comparator.comparingLong(JobRecord::sequence))
                .toList();
    }

    /** Returns the records by the ids of their jobs; there is no dot in an id, but one in all other keys. */
    private Map<String, String> jobTexts() {
        return records.byKeys().entrySet().stream()
                .filter(entry -> entry.getKey().indexOf('.') < 0)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** Keeps a request, which lasts after the next {@link #sync}; it belongs to a job once the record of that is {@link #put}. */
    public void keepRequest(String id, byte[] request) {
        if (request.length <= SMALL) {
            records.put(id + REQUEST, keys.sealedText(request));
        } else {
            files.write(id + REQUEST, keys.sealed(request), true);
        }
    }

    /** Puts the record of a job in memory; {@link #commit} or {@link #sync} writes it. */
    public void put(JobRecord job) {
        try {
            records.put(job.id(), keys.sealed(JobJson.MAPPER.writeValueAsString(job)));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes all records that were put, so that they outlive the process. */
    public void commit() {
        records.commit(false);
    }

    /** Has all records that were put written soon, by another thread; one write does for all who ask before it. */
    public void commitSoon(Executor thread) {
        if (!commitIsDue.getAndSet(true)) {
            thread.execute(() -> {
                commitIsDue.set(false);
                commit();
            });
        }
    }

    /** Writes all records that were put, so that they outlive a crash of the machine; those who ask at the same time share a write. */
    public void sync() {
        records.sync();
    }

    /** @throws JobException if the request cannot be decrypted */
    public byte[] request(String id) {
        String small = records.text(id + REQUEST);
        byte[] large = small != null ? new byte[0] : files.read(id + REQUEST);
        try {
            return small != null ? keys.openedText(small) : keys.opened(large);
        } catch (IOException e) {
            throw new JobException(JobException.Code.INTERNAL, "the job's input cannot be read: " + Reason.of(e), e);
        }
    }

    public boolean hasRequest(String id) {
        return records.text(id + REQUEST) != null || files.has(id + REQUEST);
    }

    /** Drops the request of a job that will not be done again. A large one goes at once: the end of the job has to last by then. */
    public void dropRequest(String id) {
        dropSmallRequest(id);
        files.delete(id + REQUEST);
    }

    /** Drops the request, if it is a small one, by the same write as all changes before it: the end of its job, say. */
    public void dropSmallRequest(String id) {
        drop(id + REQUEST);
    }

    private void drop(String key) {
        if (records.text(key) != null) {
            try {
                records.remove(key);
            } catch (UncheckedIOException e) {
                LOG.debugf("%s goes when the worker starts again: %s", key, Reason.of(e));
            }
        }
    }

    /** Keeps the last answer of a job; each of its retries has its own. A small one lasts after the next {@link #sync}. */
    void keepAnswer(String id, int retries, byte[] answer, boolean lasting) {
        if (lasting && answer.length <= SMALL) {
            records.put(answerOf(id, retries), keys.sealedText(answer));
        } else {
            files.write(answerOf(id, retries), answer, lasting);
        }
    }

    byte[] answer(String id, int retries) {
        String small = records.text(answerOf(id, retries));
        try {
            return small != null ? keys.openedText(small) : files.read(answerOf(id, retries));
        } catch (IOException e) {
            throw new UncheckedIOException("an answer cannot be read", e);
        }
    }

    /** Drops an answer. */
    public void dropAnswer(String id, int retries) {
        drop(answerOf(id, retries));
        files.delete(answerOf(id, retries));
    }

    /** Removes a job; if the machine stops right now it may come back. */
    public void remove(JobRecord job) {
        // first: on a full disk nothing can be written before something is deleted
        dropRequest(job.id());
        dropAnswer(job.id(), job.retries());
        records.remove(job.id());
        commit();
    }

    /** Returns why this process may no longer be the only one that has the store open, as after a restore; empty if it is, or has closed it. */
    public Optional<String> trouble() {
        return records.trouble();
    }

    /** Compacts the database if much of it is unused; takes a fraction of a second. */
    public void compact() {
        records.compact();
    }

    private JobRecord read(String sealed) {
        try {
            return JobJson.MAPPER.readValue(keys.opened(sealed), JobRecord.class);
        } catch (IOException e) {
            throw new UncheckedIOException("a job in the store cannot be read", e);
        }
    }

    private static String answerOf(String id, int retries) {
        return id + "." + retries + ANSWER;
    }

    /** Deletes what belongs to no record. */
    private void sweep() throws IOException {
        Set<String> known = jobs().stream()
                .flatMap(job -> List.of(job.id() + REQUEST, answerOf(job.id(), job.retries())).stream())
                .collect(Collectors.toSet());
        records.byKeys().keySet().stream()
                .filter(key -> key.indexOf('.') >= 0 && !known.contains(key))
                .forEach(records::remove);
        files.sweep(Set.of(REQUEST, ANSWER), known::contains);
    }

    @Override
    public void close() {
        records.close();
    }
}
