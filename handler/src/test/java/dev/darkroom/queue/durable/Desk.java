package dev.darkroom.queue.durable;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.job.Eventually;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Limits;
import dev.darkroom.job.Sample;
import dev.darkroom.job.Size;
import dev.darkroom.job.Stored;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.PayloadReader;
import dev.darkroom.queue.Styles;
import dev.darkroom.queue.Ticket;
import dev.darkroom.queue.durable.disk.JobStore;
import dev.darkroom.queue.webhook.AddressGuard;
import dev.darkroom.queue.webhook.WebhookSettings;
import dev.darkroom.queue.webhook.Webhooks;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A queue with its store in a folder, a clock that can be set, and jobs for it. */
public final class Desk implements AutoCloseable {
    public static final PayloadReader READER = new PayloadReader(Limits.STANDARD, Styles.read(Optional.empty()), true);

    /** Lets webhooks of tests go to this machine. */
    public static final AddressGuard ANYWHERE = server -> InetAddress.getLoopbackAddress();

    final SetClock clock = new SetClock();
    public final DurableQueue queue;
    final JobStore store;

    /** How jobs have ended, in order. */
    final List<String> outcomes = new CopyOnWriteArrayList<>();

    private final Vertx vertx = Vertx.vertx();

    private Desk(Path folder, PayloadReader reader, AddressGuard guard, Map<String, String> settings) {
        var webhooks = new Webhooks(vertx, guard, settings(WebhookSettings.class, "test.webhook", settings));
        queue = new DurableQueue(reader, settings(QueueSettings.class, "test", settings), webhooks, clock);
        store = JobStore.open(folder);
        queue.open(
                store,
                end -> outcomes.add(
                        end.reason() == null ? "completed" : end.reason().name()));
    }

    public static Desk open(Path folder, String... settings) {
        return open(folder, ANYWHERE, settings);
    }

    public static Desk open(Path folder, AddressGuard guard, String... settings) {
        Map<String, String> map = new HashMap<>();
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            map.put(setting.substring(0, equals), setting.substring(equals + 1));
        }
        return new Desk(folder, READER, guard, map);
    }

    /** A queue whose requests are read so. */
    static Desk open(Path folder, PayloadReader reader) {
        return new Desk(folder, reader, ANYWHERE, Map.of());
    }

    /** A copy of a folder as it lies there now: what a process that is killed at this moment leaves behind. */
    public static Path asIfKilled(Path folder, Path copy) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(folder.relativize(file).toString()));
            }
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Settings of one room; every one that is not given has its default. */
    public static <T> T settings(Class<T> type, String prefix, Map<String, String> given) {
        var builder = new SmallRyeConfigBuilder()
                .withConverter(MemorySize.class, 100, new MemorySizeConverter())
                .withConverter(Duration.class, 100, new DurationConverter())
                .withValidateUnknown(false)
                .withMapping(type, prefix);
        given.forEach((name, value) -> builder.withDefaultValue("test." + name, value));
        return builder.build().getConfigMapping(type, prefix);
    }

    /** Submits a job with more beside its input. */
    public DurableJob submit(String prompt, String beside, boolean sync) {
        return queue.submit(request(prompt, beside), sync);
    }

    public DurableJob run(String prompt) {
        return submit(prompt, "", false);
    }

    public static byte[] request(String prompt, String beside) {
        String json = "{'input': {'prompt': '" + prompt + "'}" + (beside.isEmpty() ? "" : ", " + beside) + "}";
        return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }

    /** The next job, which must be there. */
    public Ticket take() throws InterruptedException {
        return queue.take().orElseThrow();
    }

    public static JsonNode body(DurableJob ticket) {
        try {
            return JobJson.MAPPER.readTree(ticket.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String prompt(Ticket ticket) {
        return ticket.job().samples().getFirst().prompt();
    }

    /** A picture at an address. */
    public static JobResult result() {
        return result(new Stored.At(URI.create("http://localhost/a.png")));
    }

    public static JobResult result(Stored stored) {
        return new JobResult(List.of(image(0, stored)), List.of(), 1, Map.of("denoise", 5L), "tiny", null, List.of());
    }

    /** Pictures of the seeds from 0 on. */
    public static JobResult result(List<JobResult.Image> images) {
        return new JobResult(images, List.of(), 0, Map.of("denoise", 5L), "tiny", null, List.of());
    }

    /** A picture at an address, and another one that was not to be had. */
    public static JobResult result(JobException.Code failure) {
        JobResult whole = result();
        var missing = new JobResult.Failure(
                new Sample(1, 0, "p", 1), new JobException(failure, "the second picture is missing", null));
        return new JobResult(whole.images(), List.of(missing), 1, whole.timings(), "tiny", null, List.of());
    }

    public static JobResult.Image image(int index, Stored stored) {
        return new JobResult.Image(
                new Sample(index, 0, "p", index), stored, ImageFormat.PNG, new Size(64, 64), 100, List.of());
    }

    /** True while the receiver of a webhook has not been reached. */
    public static boolean webhookDue(DurableJob ticket) {
        return ticket.record().webhookDue();
    }

    public static JobException broken() {
        return new JobException(JobException.Code.INTERNAL, "broken", null);
    }

    public static void until(BooleanSupplier condition) throws InterruptedException {
        Eventually.await("it comes about", condition::getAsBoolean);
    }

    @Override
    public void close() {
        queue.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    /** A clock that moves when it is told to. */
    static final class SetClock extends Clock {
        private volatile Instant now = Instant.parse("2030-01-01T00:00:00Z");

        void pass(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
