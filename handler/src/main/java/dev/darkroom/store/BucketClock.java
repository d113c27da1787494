package dev.darkroom.store;

import dev.darkroom.snapshot.Restored;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.jboss.logging.Logger;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/**
 * The time at a bucket, learnt from the {@code Date} of its answers. The SDK mends requests of a machine whose clock is off; addresses that
 * are signed by that clock nobody could read. Safe for several threads.
 */
final class BucketClock extends Clock implements ExecutionInterceptor {
    private static final Logger LOG = Logger.getLogger(BucketClock.class);

    /** Storage refuses what is older than a quarter of an hour: nearer than this, nobody needs to hear of it. */
    private static final Duration NOTABLE = Duration.ofMinutes(5);

    /** Difference that storage tolerates between its time and that of a request. */
    private static final Duration MOST_SKEW = Duration.ofMinutes(15);

    private static final DateTimeFormatter AMAZONS =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final InstantSource machine;
    private final String bucket;
    private volatile Duration ahead = Duration.ZERO;
    private volatile int learntAt = Restored.times();

    /** @param bucket its name for the log */
    BucketClock(InstantSource machine, String bucket) {
        this.machine = machine;
        this.bucket = bucket;
    }

    @Override
    public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attributes) {
        Optional<Instant> said = context.httpResponse()
                .firstMatchingHeader("Date")
                .flatMap(date -> parsed(DateTimeFormatter.RFC_1123_DATE_TIME, date));
        Optional<Instant> signed =
                context.httpRequest().firstMatchingHeader("X-Amz-Date").flatMap(date -> parsed(AMAZONS, date));
        // a request that was taken was signed near the bucket's time, whatever a server in between writes into its
        // answer
        Optional<Instant> taken = signed.filter(time -> context.httpResponse().isSuccessful()
                        && said.filter(date -> isNear(time, date)).isEmpty())
                .map(time -> isNear(time, machine.instant()) ? machine.instant() : time);
        taken.or(() -> said).ifPresent(this::hear);
    }

    private static boolean isNear(Instant one, Instant other) {
        return Duration.between(one, other).abs().compareTo(MOST_SKEW) <= 0;
    }

    private static Optional<Instant> parsed(DateTimeFormatter format, String date) {
        try {
            return Optional.of(format.parse(date.strip(), Instant::from));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private void hear(Instant there) {
        boolean known = isNotable(ahead());
        learntAt = Restored.times();
        ahead = Duration.between(machine.instant(), there);
        if (isNotable(ahead) && !known) {
            LOG.warnf("%s: addresses are signed by the bucket's time", difference());
        }
    }

    /** Returns what was learnt; nothing if the machine's clock may have jumped since, or the machine be another one. */
    private Duration ahead() {
        return learntAt == Restored.times() ? ahead : Duration.ZERO;
    }

    private static boolean isNotable(Duration difference) {
        return difference.abs().compareTo(NOTABLE) > 0;
    }

    private String difference() {
        return "this machine's clock is " + ahead.abs().toSeconds() + " s "
                + (ahead.isNegative() ? "ahead of" : "behind") + " that of " + bucket;
    }

    /** Returns a note for callers if the clocks differ by much. */
    Optional<String> note() {
        return isNotable(ahead())
                ? Optional.of("the worker's clock is " + ahead.abs().toMinutes() + " minutes "
                        + (ahead.isNegative() ? "ahead of" : "behind")
                        + " the bucket's: addresses are signed by the bucket's time")
                : Optional.empty();
    }

    @Override
    public Instant instant() {
        return machine.instant().plus(ahead());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return Clock.fixed(instant(), zone);
    }
}
